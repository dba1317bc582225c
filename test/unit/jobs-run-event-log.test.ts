import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type NumberedRunEvent, RunEventLog } from '../../server/jobs/run-event-log.ts';
import type { Run } from '../../server/protocol/run.ts';

const run: Run = {
  id: 'r',
  request: { kind: 'seed', events: 1, seed: 1 },
  state: 'succeeded',
  createdAt: '2025-01-01T00:00:00Z',
};
async function collect(events: AsyncIterable<NumberedRunEvent>): Promise<NumberedRunEvent[]> {
  const collected: NumberedRunEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

const never = new AbortController().signal;

test('A late listener hears what happened before, then what happens', async () => {
  const log = new RunEventLog();
  log.append({ type: 'log', message: 'one' });
  const heard: string[] = [];
  const listening = (async () => {
    for await (const { event } of log.follow(undefined, never)) heard.push(event.type);
  })();
  log.append({ type: 'state', state: 'running' });
  log.append({ type: 'done', run });
  await listening;
  assert.deepEqual(heard, ['log', 'state', 'done']);
});

test('A listener that lost its connection continues after the last event that it saw', async () => {
  const log = new RunEventLog();
  for (const message of ['one', 'two', 'three']) log.append({ type: 'log', message });
  log.append({ type: 'done', run });
  const all = await collect(log.follow(undefined, never));
  const rest = await collect(log.follow(all[1]?.id, never));
  assert.deepEqual(rest, all.slice(2));
  assert.equal(log.hasNothingAfter(all[3]?.id), true);
  assert.equal(log.hasNothingAfter(all[2]?.id), false);
});

test('An id of another life of the server means from the start', async () => {
  const log = new RunEventLog();
  log.append({ type: 'done', run });
  assert.equal(log.hasNothingAfter('ffffffff-99'), false);
  assert.equal((await collect(log.follow('ffffffff-99', never))).length, 1);
});

test('Progress that is superseded is not kept for those who come late', async () => {
  const log = new RunEventLog();
  for (let done = 0; done <= 500; done += 1) log.append({ type: 'progress', step: 'a', done, total: 500 });
  log.append({ type: 'progress', step: 'b', done: 0, total: 1 });
  log.append({ type: 'done', run });
  const events = (await collect(log.follow(undefined, never))).map(({ event }) => event);
  assert.deepEqual(events.slice(0, 2), [
    { type: 'progress', step: 'a', done: 500, total: 500 },
    { type: 'progress', step: 'b', done: 0, total: 1 },
  ]);
});

test('A listener that goes away leaves nothing behind', async () => {
  const log = new RunEventLog();
  const gone = new AbortController();
  const listening = collect(log.follow(undefined, gone.signal));
  assert.equal(log.listeners, 1);
  gone.abort();
  assert.deepEqual(await listening, []);
  assert.equal(log.listeners, 0);
});

test('Figures of each second do not push the state of a long run out, and progress between them is superseded too', async () => {
  const log = new RunEventLog();
  log.append({ type: 'state', state: 'running' });
  for (let second = 1; second <= 3_000; second += 1) {
    log.append({ type: 'metrics', values: { second } });
    log.append({ type: 'progress', step: 'a', done: second, total: 3_000 });
  }
  log.append({ type: 'done', run });
  const events = (await collect(log.follow(undefined, never))).map(({ event }) => event);
  assert.deepEqual(events[0], { type: 'state', state: 'running' });
  assert.equal(events.filter(({ type }) => type === 'progress').length, 1);
  const seconds = events.flatMap((event) => (event.type === 'metrics' ? event.values['second'] : []));
  assert.deepEqual([seconds.length, seconds.at(-1)], [997, 3_000]);
});
