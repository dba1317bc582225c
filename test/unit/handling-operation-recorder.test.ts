import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperationRecord, PhaseSpan } from '../../server/handling/recording/operation-record.ts';
import { createOperationRecorder } from '../../server/handling/recording/operation-recorder.ts';
import { systemClock } from '../../server/lib/clock.ts';
import type { OperationTrace } from '../../server/protocol/operation-trace.ts';
import { ManualClock } from './support/manual-clock.ts';

const operation = { handler: 'BooksInCirculation', kind: 'query', iteration: 3 } as const;
const answered = { outcome: 'answered' } as const;

test('An operation record is the protocol’s operation trace, in both directions', () => {
  // Compared by the compiler: a field added, renamed or retyped on one side only does not compile.
  const assignable = (record: OperationRecord, trace: OperationTrace): [OperationTrace, OperationRecord] => [
    record,
    trace,
  ];
  assert.equal(assignable.length, 2);
});

test('A phase inside another interrupts it, and the outer one resumes afterwards', async () => {
  const clock = new ManualClock();
  const recorder = createOperationRecorder(clock);
  const record = await recorder.record(operation, async () => {
    clock.advance(1);
    recorder.phase('append', () => {
      clock.advance(10);
      recorder.phase('sql_execute', () => clock.advance(100));
      clock.advance(1_000);
    });
    clock.advance(10_000);
    return answered;
  });
  assert.deepEqual(record, {
    ...operation,
    startMicros: 0,
    durationMicros: 11_111,
    phases: [
      { phase: 'append', startMicros: 1, durationMicros: 10 },
      { phase: 'sql_execute', startMicros: 11, durationMicros: 100 },
      { phase: 'append', startMicros: 111, durationMicros: 1_000 },
    ],
    eventsReadByType: {},
    eventsAppended: 0,
    outcome: 'answered',
  });
});

test('Asynchronous work is in its phase until it settles, also when it fails', async () => {
  const clock = new ManualClock();
  const recorder = createOperationRecorder(clock);
  const record = await recorder.record(operation, async () => {
    const value = await recorder.phase('sql_execute', async () => {
      await nextTurn();
      clock.advance(5);
      return 42;
    });
    assert.equal(value, 42);
    await assert.rejects(
      recorder.phase('append', async () => {
        await nextTurn();
        clock.advance(7);
        throw new Error('lost');
      }),
      /lost/,
    );
    assert.throws(() =>
      recorder.phase('decide', () => {
        clock.advance(9);
        throw new Error('broken');
      }),
    );
    clock.advance(100);
    return answered;
  });
  assert.deepEqual(totals(record.phases), { sql_execute: 5, append: 7, decide: 9 });
});

test('Operations at the same time keep their phases and events apart', async () => {
  const clock = new ManualClock();
  const recorder = createOperationRecorder(clock);
  const run = (iteration: number) =>
    recorder.record({ ...operation, iteration }, async () => {
      for (let turn = 0; turn < 5; turn += 1) {
        const end = recorder.startPhase('sql_execute');
        await nextTurn();
        recorder.eventsRead([{ eventType: `of ${iteration}` }]);
        recorder.eventsAppended(iteration);
        end();
        recorder.phase('project', () => clock.advance(1));
      }
      return answered;
    });
  const records = await Promise.all([run(0), run(1), run(2)]);
  for (const record of records) {
    assert.deepEqual(record.eventsReadByType, { [`of ${record.iteration}`]: 5 });
    assert.equal(record.eventsAppended, 5 * record.iteration);
    assert.equal(totals(record.phases)['project'], 5);
  }
});

test('An event that was read to recognise a state is none of the events read', async () => {
  const recorder = createOperationRecorder(new ManualClock());
  recorder.eventRecognised({ eventType: 'A' });
  const { eventsReadByType } = await recorder.record(operation, async () => {
    recorder.eventsRead([{ eventType: 'A' }, { eventType: 'B' }, { eventType: 'B' }]);
    // The store of the third one tells nobody what it reads.
    for (const eventType of ['A', 'B', 'C']) recorder.eventRecognised({ eventType });
    return answered;
  });
  assert.deepEqual(eventsReadByType, { B: 1 });
});

test('events read are counted by type, in whatever order they come and whatever a type is called', async () => {
  const recorder = createOperationRecorder(new ManualClock());
  const { eventsReadByType } = await recorder.record(operation, async () => {
    recorder.eventsRead(['A', 'A', 'B', 'A', '__proto__'].map((eventType) => ({ eventType })));
    recorder.eventsRead([]);
    recorder.eventsRead([{ eventType: 'B' }]);
    return answered;
  });
  assert.deepEqual(Object.entries(eventsReadByType), [
    ['A', 3],
    ['B', 2],
    ['__proto__', 1],
  ]);
});

test('Time belongs to the phase entered last, when branches of one operation wait at the same time', async () => {
  const clock = new ManualClock();
  const recorder = createOperationRecorder(clock);
  const record = await recorder.record(operation, async () => {
    const endFirst = recorder.startPhase('connection_acquire');
    clock.advance(1);
    const endSecond = recorder.startPhase('sql_execute');
    clock.advance(10);
    endFirst();
    clock.advance(100);
    endSecond();
    clock.advance(1_000);
    return answered;
  });
  assert.deepEqual(totals(record.phases), { connection_acquire: 1, sql_execute: 110 });
});

test('A phase outside of any operation, or after its operation, leaves no trace', async () => {
  const clock = new ManualClock();
  const recorder = createOperationRecorder(clock);
  assert.equal(
    recorder.phase('decide', () => 'decided'),
    'decided',
  );
  let late: (() => void) | undefined;
  const record = await recorder.record(operation, async () => {
    setImmediate(() => {
      recorder.phase('project', () => clock.advance(1));
      recorder.eventsRead([{ eventType: 'Late' }]);
      recorder.eventsAppended(1);
      late?.();
    });
    return answered;
  });
  await new Promise<void>((resolve) => {
    late = resolve;
  });
  assert.deepEqual([record.phases, record.eventsReadByType, record.eventsAppended], [[], {}, 0]);
});

test('A phase that never ends is ended with its operation, and ending it then has no effect', async () => {
  const clock = new ManualClock();
  const recorder = createOperationRecorder(clock);
  let end: (() => void) | undefined;
  const record = await recorder.record(operation, async () => {
    end = recorder.startPhase('sql_execute');
    clock.advance(5);
    return answered;
  });
  clock.advance(5);
  end?.();
  assert.deepEqual(record.phases, [{ phase: 'sql_execute', startMicros: 0, durationMicros: 5 }]);
});

test('A fault is thrown on unchanged, after the record of the failed operation was handed over', async () => {
  const clock = new ManualClock();
  const recorder = createOperationRecorder(clock);
  const fault = new Error('the database is gone');
  const failed: OperationRecord[] = [];
  const work = async () => {
    recorder.phase('sql_execute', () => clock.advance(5));
    throw fault;
  };
  await assert.rejects(
    recorder.record(operation, work, (record) => failed.push(record)),
    (thrown) => thrown === fault,
  );
  assert.deepEqual(
    failed.map(({ outcome, phases }) => [outcome, totals(phases)]),
    [['failed', { sql_execute: 5 }]],
  );
});

test('The phases of operations of a millisecond leave less than 2 % of their time unattributed', async () => {
  const recorder = createOperationRecorder(systemClock);
  const shares: number[] = [];
  for (let iteration = 0; iteration < 100; iteration += 1) {
    const { durationMicros, phases } = await recorder.record(operation, async () => {
      for (const phase of ['unmarshal', 'project', 'decide', 'marshal'] as const) {
        recorder.phase(phase, () => spin(250));
        await recorder.phase('sql_execute', nextTurn);
      }
      return answered;
    });
    const inPhases = phases.reduce((sum, span) => sum + span.durationMicros, 0);
    assert.ok(inPhases <= durationMicros, 'phases cannot last longer than their operation');
    shares.push(1 - inPhases / durationMicros);
  }
  // The median: another process may take the processor away between two phases, and that is nobody's phase.
  const median = shares.toSorted((a, b) => a - b)[shares.length / 2] ?? 1;
  assert.ok(median < 0.02, `${(median * 100).toFixed(2)} % unattributed`);
});

function totals(phases: readonly PhaseSpan[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { phase, durationMicros } of phases) sums[phase] = (sums[phase] ?? 0) + durationMicros;
  return sums;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function spin(micros: number): void {
  const end = performance.now() + micros / 1e3;
  while (performance.now() < end);
}
