import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { buildStorableEvent, type SafeSequenceNumber } from '../../server/eventstore/storable-event.ts';
import { commandHandler } from '../../server/handling/command-handler.ts';
import { type QueryAnswer, queryHandler } from '../../server/handling/query-handler.ts';
import { cleaningUp } from '../../server/handling/snapshots/cleaning-up.ts';
import { SnapshotKeeper } from '../../server/handling/snapshots/snapshot-keeper.ts';
import { snapshotting } from '../../server/handling/snapshots/snapshotting.ts';
import { warming } from '../../server/handling/snapshots/warming.ts';
import { AppendListeners, tellingAppends } from '../../server/handling/tell-appends.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { count, countOf } from './support/counter-example.ts';
import { countAsText } from './support/counter-snapshot.ts';

const folded: QueryAnswer<string> = {
  outcome: 'answered',
  result: '',
  reached: 0 as SafeSequenceNumber,
  eventsFolded: 0,
};

function counted(counter: string) {
  return buildStorableEvent({
    eventType: 'Counted',
    payload: { Counter: counter },
    occurredAt: new Date(0),
  });
}

function warmed(onFault?: (fault: unknown) => void) {
  const inMemory = new InMemoryEventStore();
  for (let time = 0; time < 3; time += 1) inMemory.store('Counted', { Counter: 'a' });
  const appends = new AppendListeners();
  const store = tellingAppends(inMemory, appends);
  const keeper = new SnapshotKeeper({ store });
  const definition = { ...countOf, ...countAsText };
  const handler = snapshotting(queryHandler(definition, { store }), definition, keeper);
  const append = (counter: string) =>
    store.append(countOf.filter({ counter: 'nobody' }), emptyPosition, [counted(counter)]);
  const warm = warming(handler, {
    inputs: [{ counter: 'a' }],
    appends,
    delayMs: 1,
    ...(onFault && { onFault }),
  });
  return { inMemory, handler, append, warm };
}

test('A query that is kept warm has folded what this process appended before somebody asks', async () => {
  const { handler, append, warm } = warmed();
  await using _ = warm;
  await warm.settled();
  for (const counter of ['a', 'a', 'b']) await append(counter);
  await warm.settled();
  const { result, snapshot } = await handler.handle({ counter: 'a' });
  assert.deepEqual([result, snapshot.use, snapshot.eventsAfter], ['a: 5', 'warm', 0]);
});

test('Only appends that a filter means are folded, and none after the end', async () => {
  const { inMemory, append, warm } = warmed();
  await warm.settled();
  const reads = inMemory.queries.length;
  await append('b');
  await warm.settled();
  assert.equal(inMemory.queries.length, reads);
  await warm[Symbol.asyncDispose]();
  await append('a');
  await warm.settled();
  assert.equal(inMemory.queries.length, reads);
});

test('A fault of warming is told, and the next append tries again', async () => {
  const faults: unknown[] = [];
  const { inMemory, handler, append, warm } = warmed((fault) => faults.push(fault));
  await using _ = warm;
  await warm.settled();
  const { query } = inMemory;
  inMemory.query = () => Promise.reject(new Error('gone for a moment'));
  await append('a');
  await warm.settled();
  assert.equal(faults.length, 1);
  inMemory.query = query;
  await append('a');
  await warm.settled();
  assert.equal((await handler.handle({ counter: 'a' })).snapshot.eventsAfter, 0);
});

for (let turns = 0; turns < 8; turns += 1) {
  test(`An append is folded that comes ${turns} turns after the last folding`, async () => {
    const appends = new AppendListeners();
    const told = Promise.withResolvers<void>();
    let foldings = 0;
    const tellLater = async (folding: Promise<unknown>) => {
      await folding;
      for (let turn = 0; turn < turns; turn += 1) await undefined;
      appends.tell({ events: [counted('a')], outcome: 'stored' });
      told.resolve();
    };
    const handler = {
      ...queryHandler(countOf, { store: new InMemoryEventStore() }),
      handle: () => {
        const folding = Promise.resolve(folded);
        foldings += 1;
        if (foldings === 1) void tellLater(folding);
        return folding;
      },
    };
    await using warm = warming(handler, {
      inputs: [{ counter: 'a' }],
      appends,
      sleep: async () => undefined,
    });
    await told.promise;
    await warm.settled();
    assert.equal(foldings, 2);
  });
}

test('Commands are not kept warm', () => {
  const handler = commandHandler(count, { store: new InMemoryEventStore() });
  const options = { inputs: [{ counter: 'a' }], appends: new AppendListeners() };
  assert.throws(() => warming(handler, options), TypeError);
});

test('Cleaning up deletes again and again, goes on after a fault, and ends', async () => {
  const told: (number | string)[] = [];
  const turns = Promise.withResolvers<void>();
  let deletes = 0;
  const inventory = {
    listSnapshots: async () => [],
    deleteSnapshots: async (which: object) => {
      assert.deepEqual(which, { olderThanMs: 10, keepNewest: 5 });
      deletes += 1;
      if (deletes === 2) throw new Error('gone for a moment');
      return deletes;
    },
  };
  const cleaning = cleaningUp(inventory, {
    olderThanMs: 10,
    keepNewest: 5,
    everyMs: 60_000,
    onDeleted: (deleted) => told.push(deleted),
    onFault: (fault) => told.push(fault instanceof Error ? fault.message : 'what?'),
    sleep: async (ms, signal) => {
      assert.equal(ms, 60_000);
      if (deletes < 3) return;
      turns.resolve();
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    },
  });
  await cleaning.begun;
  assert.equal(told[0], 1);
  await turns.promise;
  await cleaning[Symbol.asyncDispose]();
  assert.deepEqual(told, [1, 'gone for a moment', 3]);
});
