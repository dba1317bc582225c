import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { type EventStore, emptyPosition } from '../../server/eventstore/event-store.ts';
import type { JsonValidation } from '../../server/eventstore/json-validation.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import type { StorableEvent } from '../../server/eventstore/storable-event.ts';
import { collect, event, type PostgresFixture, postgresFixture } from '../contract/event-store-fixture.ts';
import { startCountingJsonParses } from '../unit/support/count-json-parses.ts';

const modes: readonly JsonValidation[] = ['full', 'batch', 'trusted'];
const anyEvent = buildEventFilter().matchingAnyEvent();
const ofType = (type: string) => buildEventFilter().matching().anyEventTypeOf(type).finalize();

let fixture: PostgresFixture;
let stores: Readonly<Record<JsonValidation, EventStore>>;
before(async () => {
  fixture = await postgresFixture();
  const open = (jsonValidation: JsonValidation) =>
    openPostgresEventStore({ primary: fixture.pool, jsonValidation });
  stores = { full: await open('full'), batch: await open('batch'), trusted: await open('trusted') };
});
after(() => fixture[Symbol.asyncDispose]());

function byHand(eventType: string, change: Partial<StorableEvent> = {}): StorableEvent {
  return { eventType, occurredAt: new Date(0), payload: '{"BookID":"b"}', metadata: '{}', ...change };
}

for (const mode of modes) {
  describe(`the JSON validation ${mode}`, () => {
    it('takes events made by hand and built ones together, and finds and guards them by their fields', async () => {
      const id = `good ${mode}`;
      const filter = buildEventFilter().matching().anyPredicateOf(p('BookID', id)).finalize();
      const payload = `{ "BookID": "${id}" }`;
      const events = [
        byHand('Mixed', { payload }),
        event('Mixed', { BookID: id }),
        byHand('Mixed', { payload }),
      ];
      await stores[mode].append(filter, emptyPosition, events);
      const stored = (await stores[mode].query(filter)).events.map((found) => found.payload);
      assert.deepEqual(stored, [payload, `{"BookID":"${id}"}`, payload]);
      await assert.rejects(stores[mode].append(filter, emptyPosition, events), {
        code: 'concurrency_conflict',
      });
    });

    const bad: readonly Partial<StorableEvent>[] = [
      { payload: '[1]' },
      { payload: '{"a":' },
      { payload: 'null' },
      { payload: '{"a":"\\u0000"}' },
      { payload: '{"a":"\\ud800"}' },
      { payload: '{"a":"\0"}' },
      { payload: '{"a":"\ud800"}' },
      { payload: '{"a":1e999999}' },
      { metadata: '[1]' },
      { metadata: '{"a":' },
      { metadata: '' },
      { metadata: '{"a":"\0"}' },
      { occurredAt: new Date('soon') },
      { eventType: 'x'.repeat(10_000) },
    ];
    for (const change of bad) {
      it(`lets no event with ${JSON.stringify(change).slice(0, 60)} into the store, and none of its batch`, async () => {
        const type = `bad ${mode}`;
        const events = [event(type), byHand(type), byHand(type, change), byHand(type)];
        await assert.rejects(stores[mode].append(ofType(type), emptyPosition, events), {
          name: 'InvalidEventError',
          code: 'invalid_event',
        });
        assert.deepEqual((await stores[mode].query(ofType(type))).events, []);
      });
    }

    it('parses no JSON to query and to replay', async () => {
      await stores[mode].append(ofType(mode), emptyPosition, [event(mode, { BookID: 'b' }), byHand(mode)]);
      using parses = startCountingJsonParses();
      await stores[mode].query(anyEvent);
      await collect(stores[mode].replay(anyEvent));
      assert.equal(parses.calls, 0);
    });
  });
}

it('What only the database can tell comes as its refusal; what is known before names the event', async () => {
  const events = [byHand('Told'), byHand('Told', { metadata: '[1]' })];
  const append = (mode: JsonValidation) => stores[mode].append(ofType('Told'), emptyPosition, events);
  await assert.rejects(append('full'), { field: 'events.1.metadata', message: /not a JSON object/ });
  await assert.rejects(append('batch'), { field: 'events.1.metadata', message: /not a JSON object/ });
  await assert.rejects(append('trusted'), {
    code: 'invalid_event',
    field: undefined,
    message: /database refused/,
  });
});

it('Another validation than these is refused', async () => {
  const jsonValidation = 'none' as JsonValidation;
  await assert.rejects(openPostgresEventStore({ primary: fixture.pool, jsonValidation }), {
    code: 'invalid_option',
    field: 'jsonValidation',
  });
});
