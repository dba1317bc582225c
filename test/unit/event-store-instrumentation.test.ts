import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventStoreInstrumentation } from '../../server/eventstore/instrumentation.ts';
import { OperationTeller } from '../../server/eventstore/operation-teller.ts';
import { ToldOperations, toldOperation } from './support/told-operations.ts';

function teller(options: Partial<EventStoreInstrumentation>): OperationTeller {
  const made = OperationTeller.of({ recorder: new ToldOperations(), ...options });
  assert.ok(made);
  return made;
}

/** Starts and ends as many operations; each passes through two phases and reads one event. */
function operate(target: OperationTeller, count: number): void {
  for (let done = 0; done < count; done++) {
    const track = target.start('query', 'sql_build');
    track.enter('sql_execute');
    track.eventsRead([{ eventType: 'A' }]);
    track.end(undefined);
  }
}

describe('sampling', () => {
  it('takes exactly the operations for which the number lies below the rate, each whole', () => {
    const recorder = new ToldOperations();
    const numbers = [0.24, 0.25, 0, 0.99, 0.249_999, 0.5];
    const random = () => numbers.shift() ?? assert.fail('one number for each operation');
    operate(teller({ recorder, samplingRate: 0.25, random }), 6);
    const sampled = [true, false, true, false, true, false];
    const read = { events: 1, batches: 1 };
    assert.deepEqual(
      recorder.ended,
      sampled.map((isSampled) => toldOperation('query', { ...read, isSampled })),
    );
    assert.deepEqual(
      recorder.phases.map(([phase]) => phase),
      [...['sql_build', 'sql_execute', 'sql_build', 'sql_execute', 'sql_build', 'sql_execute']],
    );
    assert.equal(new Set(recorder.phases.map(([, operation]) => operation)).size, 3);
    assert.equal(recorder.eventCalls, 3);
    assert.deepEqual(numbers, []);
  });

  it('asks for no number when all or none are sampled', () => {
    for (const [samplingRate, phases] of [
      [1, 20],
      [0, 0],
    ] as const) {
      const recorder = new ToldOperations();
      operate(teller({ recorder, samplingRate, random: () => assert.fail('asked') }), 10);
      assert.deepEqual([recorder.ended.length, recorder.phases.length], [10, phases]);
    }
  });

  it('marks the operations at the level of operations, too', () => {
    const recorder = new ToldOperations();
    const numbers = [0, 0.9];
    operate(
      teller({ recorder, level: 'operations', samplingRate: 0.5, random: () => numbers.shift() ?? 1 }),
      2,
    );
    assert.deepEqual(
      recorder.ended.map(({ isSampled }) => isSampled),
      [true, false],
    );
    assert.deepEqual([recorder.phases.length, recorder.eventCalls], [0, 0]);
  });
});

describe('nobody', () => {
  it('is told anything without instrumentation, and at the level off', () => {
    assert.equal(OperationTeller.of(undefined), undefined);
    assert.equal(OperationTeller.of({ recorder: new ToldOperations(), level: 'off' }), undefined);
  });
});

describe('a recorder', () => {
  it('may leave out what it does not want to know', () => {
    operate(teller({ recorder: {} }), 2);
  });

  it('is told nothing after it threw once, and the process is warned with its stack', (t) => {
    const warned = t.mock.method(process, 'emitWarning', () => undefined);
    class Broken extends ToldOperations {
      override eventsRead(): void {
        super.eventsRead();
        if (this.eventCalls === 2) throw new Error('full');
      }
    }
    const recorder = new Broken();
    operate(teller({ recorder }), 5);
    assert.deepEqual([recorder.started.length, recorder.ended.length, recorder.eventCalls], [2, 1, 2]);
    assert.equal(warned.mock.callCount(), 1);
    const [warning, options] = (warned.mock.calls[0]?.arguments ?? []) as unknown[];
    assert.match(String(warning), /told nothing any more: Error: full\n +at /);
    assert.deepEqual(options, { code: 'EVENT_STORE_RECORDER' });
  });
});

describe('instrumentation that cannot be meant', () => {
  for (const [option, value] of [
    ['level', 'all'],
    ['level', ''],
    ['samplingRate', -0.1],
    ['samplingRate', 1.1],
    ['samplingRate', Number.NaN],
    ['samplingRate', 'half'],
    ['recorder', null],
    ['recorder', 'console'],
  ] as const) {
    it(`is refused: ${option} ${String(value)}`, () => {
      assert.throws(() => teller({ [option]: value }), {
        code: 'invalid_option',
        field: `instrumentation.${option}`,
      });
    });
  }
});
