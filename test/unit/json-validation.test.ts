import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { InvalidEventError } from '../../server/eventstore/errors.ts';
import { checkedPayloads, type JsonValidation, validMode } from '../../server/eventstore/json-validation.ts';
import { buildStorableEvent, type StorableEvent } from '../../server/eventstore/storable-event.ts';
import { countJsonParses } from './support/count-json-parses.ts';

const good: StorableEvent = {
  eventType: 'BookLent',
  occurredAt: new Date(0),
  payload: '{"BookID":"b"}',
  metadata: '{"MessageID":"m"}',
};
const built = buildStorableEvent(good);
const modes: readonly JsonValidation[] = ['full', 'batch', 'trusted'];
const checking: readonly JsonValidation[] = ['full', 'batch'];

function refused(events: readonly unknown[], mode: JsonValidation): InvalidEventError {
  try {
    checkedPayloads(events as readonly StorableEvent[], mode);
  } catch (error) {
    assert.ok(error instanceof InvalidEventError, String(error));
    return error;
  }
  return assert.fail(`${mode} took ${JSON.stringify(events)}`);
}

describe('events made by hand', () => {
  for (const mode of checking) {
    for (const text of [
      '[1]',
      '{"a":',
      'null',
      '"x"',
      '',
      '{"a":"\\u0000"}',
      '{"a":"\ud800"}',
      '{},{}',
      7,
      {},
    ]) {
      for (const part of ['payload', 'metadata']) {
        it(`are refused by ${mode} when the ${part} is ${JSON.stringify(text)}, and the message says whose`, () => {
          const events = [built, good, { ...good, [part]: text }, good];
          const { field, message, advice } = refused(events, mode);
          assert.equal(field, `events.2.${part}`);
          assert.match(message, new RegExp(`^The ${part} of events\\[2\\] `));
          assert.ok(advice);
        });
      }
    }
  }

  for (const mode of modes) {
    it(`are refused by ${mode} when a text is no JSON that could be locked for, or would be stored as another`, () => {
      for (const [text, part] of [
        ['{"a":', 'payload'],
        ['{"a":"\ud800"}', 'payload'],
        ['{"a":"\ud800"}', 'metadata'],
        [undefined, 'metadata'],
      ] as const) {
        assert.equal(refused([good, { ...good, [part]: text }], mode).field, `events.1.${part}`);
      }
      assert.equal(refused([{ ...good, eventType: 'x'.repeat(10_000) }], mode).field, 'events.0.eventType');
      assert.equal(refused([{ ...good, occurredAt: new Date('soon') }], mode).field, 'events.0.occurredAt');
    });

    it(`are parsed by ${mode} as they are one by one, with the built ones among them`, () => {
      const named = (n: number) => ({ ...good, payload: `{"n":${n}}` });
      const events = [built, named(1), named(2), built, named(3)];
      assert.deepEqual(checkedPayloads(events, mode), [
        { BookID: 'b' },
        { n: 1 },
        { n: 2 },
        { BookID: 'b' },
        { n: 3 },
      ]);
    });
  }

  it('are left to the database by trusted, as far as it can tell', () => {
    for (const [text, value] of [
      ['[1]', [1]],
      ['null', null],
    ] as const) {
      assert.deepEqual(checkedPayloads([{ ...good, payload: text, metadata: '{"a":' }], 'trusted'), [value]);
    }
  });
});

describe('texts that are JSON only together', () => {
  const together = (...payloads: string[]) =>
    payloads.map((payload) => ({ ...good, payload, metadata: '{}' }));
  it('are refused: a value that goes on in the next text, made up for by one that holds several', () => {
    const inTwo = { ...good, payload: '{"a":[1', metadata: '2]}' };
    for (const payload of ['{}', '{},{}', '{},{},{}', '{},1,{}', '{},{},{},{}']) {
      assert.equal(refused([inTwo, { ...good, payload }], 'batch').field, 'events.0.metadata');
      assert.ok(refused([{ ...good, payload }, inTwo], 'batch').field);
    }
    assert.equal(refused(together('{},{"a":"', '","b":1},{}'), 'batch').field, 'events.0.payload');
    assert.equal(refused(together('{}],[{}', '{}'), 'batch').field, 'events.0.payload');
  });

  it('are refused by batch whenever they are refused one by one, and only then', () => {
    const piece = fc.constantFrom('{', '}', '[', ']', ',', '"', '\\', '{}', '{"a":', '1', ' ', '"a":1');
    const text = fc.oneof(
      fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
      fc.constant('{}'),
    );
    const event = fc.record({ payload: text, metadata: text }).map((texts) => ({ ...good, ...texts }));
    const outcome = (events: readonly StorableEvent[], mode: JsonValidation) => {
      try {
        return checkedPayloads(events, mode);
      } catch (error) {
        return error instanceof InvalidEventError ? error.field : error;
      }
    };
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 4 }), (events) => {
        assert.deepEqual(outcome(events, 'batch'), outcome(events, 'full'));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('how often JSON is parsed', () => {
  const others = Array.from({ length: 3 }, () => ({ ...good }));
  for (const [mode, parses] of [
    ['full', 6],
    ['batch', 1],
    ['trusted', 3],
  ] as const) {
    it(`for three events made by hand: ${parses} times by ${mode}`, () => {
      assert.equal(
        countJsonParses(() => checkedPayloads(others, mode)),
        parses,
      );
    });
  }

  it('for three built ones: once each for the locks, and never again to check them', () => {
    const events = Array.from({ length: 3 }, () => buildStorableEvent(good));
    for (const mode of modes) {
      assert.equal(
        countJsonParses(() => checkedPayloads(events, mode)),
        3,
      );
    }
  });

  it('to build an event: once for each text, not at all for objects', () => {
    assert.equal(
      countJsonParses(() => buildStorableEvent(good)),
      2,
    );
    const input = { ...good, payload: { BookID: 'b' }, metadata: { MessageID: 'm' } };
    assert.equal(
      countJsonParses(() => buildStorableEvent(input)),
      0,
    );
  });
});

describe('what was built', () => {
  it('is not trusted as a copy, and cannot be changed', () => {
    assert.equal(refused([{ ...built, payload: '[1]' }], 'full').field, 'events.0.payload');
    assert.equal(refused([structuredClone({ ...built, metadata: '{' })], 'full').field, 'events.0.metadata');
    assert.throws(() => Object.assign(built, { payload: '[1]' }), TypeError);
  });

  it('looks like any other object', () => {
    assert.deepEqual(Object.keys(built), ['eventType', 'occurredAt', 'payload', 'metadata']);
    assert.deepEqual({ ...built }, good);
    assert.deepEqual(built, good);
  });
});

it('A mode that there is not is refused', () => {
  assert.equal(validMode(), 'full');
  for (const mode of ['Full', '', 1, null]) {
    assert.throws(() => validMode(mode as JsonValidation), {
      code: 'invalid_option',
      field: 'jsonValidation',
    });
  }
});
