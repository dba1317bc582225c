import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperationRecord } from '../../server/handling/recording/operation-record.ts';
import { recordOperations } from '../../server/runner/record-operations.ts';
import { RecordingBudget } from '../../server/runner/recording-budget.ts';
import { NoInputError } from '../../server/workload/no-input-error.ts';
import type { RunnableHandler } from '../../server/workload/runnable-handler.ts';

/** Every operation takes this long by its record, and no time. */
function handlerOf(milliseconds: number): RunnableHandler {
  const phases = [{ phase: 'project', startMicros: 0, durationMicros: 1 }] as const;
  return {
    name: 'Counting',
    kind: 'query',
    summary: '',
    execute: async (iteration): Promise<OperationRecord> => ({
      handler: 'Counting',
      kind: 'query',
      iteration,
      startMicros: 0,
      durationMicros: milliseconds * 1000,
      phases: [...phases],
      eventsReadByType: {},
      eventsAppended: 0,
      outcome: 'answered',
    }),
  };
}

function record(iterations: number, milliseconds: number, limit?: number) {
  return recordOf(handlerOf(milliseconds), iterations, limit);
}

async function recordOf(handler: RunnableHandler, iterations: number, limit?: number) {
  const lines: string[] = [];
  const request = {
    kind: 'profile',
    handler: 'Counting',
    iterations,
    collector: 'v8-cpu',
    samplingIntervalMicros: 1000,
    seed: 1,
    snapshots: 'off',
  } as const;
  const context = {
    signal: new AbortController().signal,
    stop: new AbortController().signal,
    progress: () => undefined,
    log: (line: string) => void lines.push(line),
  };
  const budget = new RecordingBudget(request.samplingIntervalMicros, limit);
  const { records } = await recordOperations(handler, request, context, { budget });
  return { records, lines };
}

test('A recording that is as large as a profile can be ends there, keeps what it has, and says what to do', async () => {
  const { records, lines } = await record(1_000_000, 1, 41_400);
  assert.equal(records.length, 100);
  assert.equal(lines.length, 1);
  assert.match(
    lines[0] ?? '',
    /Stopped after 100 of 1,000,000 operations.*kept.*fewer iterations, or a longer/,
  );
});

test('A recording that fits has all its operations, and a short one says nothing', async () => {
  const { records, lines } = await record(100, 1, 41_400);
  assert.deepEqual([records.length, lines], [100, []]);
});

test('A long recording says after a second how long it takes', async () => {
  const { lines } = await record(1_000, 100);
  assert.deepEqual(lines, ['About 99 s to go for 1,000 operations.']);
});

test('A long recording that cannot hold all says so before it gets there', async () => {
  const { lines } = await record(1_000, 100, 900_000);
  assert.match(lines[0] ?? '', /About 49 s to go for 500 operations\. A profile holds about 500 operations/);
  assert.match(lines[1] ?? '', /Stopped after 500 of 1,000/);
});

test('A handler that runs out of inputs ends the recording there, and what was recorded is kept', async () => {
  const { records, lines } = await recordOf(withInputs(7), 50);
  assert.equal(records.length, 7);
  assert.deepEqual(lines, [
    'Stopped after 7 of 50 operations. There is nothing to do for Lend: no book is left.',
  ]);
});

test('A handler without any input is a fault that says what is missing', async () => {
  await assert.rejects(recordOf(withInputs(0), 50), { code: 'no_input', message: /no book is left/ });
});

function withInputs(inputs: number): RunnableHandler {
  const handler = handlerOf(1);
  return {
    ...handler,
    execute: async (iteration, signal) => {
      if (iteration >= inputs) throw new NoInputError('Lend', 'no book is left');
      return handler.execute(iteration, signal);
    },
  };
}
