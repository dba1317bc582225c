import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuProfileToStacks } from '../../server/profiling/formats/cpuprofile/cpuprofile-to-stacks.ts';
import { readProfile } from '../../server/profiling/formats/read-profile.ts';
import { WRITTEN_FORMATS, writeProfile } from '../../server/profiling/formats/write-profile.ts';
import { stacksToProfile } from '../../server/profiling/stacks-to-profile.ts';
import { withStatements } from '../../server/profiling/statements/operation-statements.ts';
import type { StatementEntry } from '../../server/profiling/statements/statement-entries.ts';
import { statementTotals } from '../../server/profiling/statements/statement-totals.ts';
import type { OperationTrace, StatementSpan } from '../../server/protocol/operation-trace.ts';
import { statementTable } from '../../server/protocol/statement-table.ts';
import { rowsAsText } from './profile-as-text.ts';
import { cpuProfileOf, traceOf } from './profiling-captures.ts';

function cut(samples: readonly string[], trace: OperationTrace): string {
  const stacks = cpuProfileToStacks(cpuProfileOf(samples));
  return rowsAsText(stacksToProfile(stacks, { title: 'cut', startedAt: '', traces: [trace] }));
}

const span = (label: string, startMicros: number, endMicros: number): StatementSpan => ({
  label,
  startMicros,
  durationMicros: endMicros - startMicros,
});

test('different statements that were waited for are different boxes below the wait', () => {
  const trace = {
    ...traceOf('110-190', ['sql_execute 110-170', 'append 170-190']),
    statements: [span('SELECT a', 112, 130), span('SELECT b', 131, 160), span('INSERT', 171, 189)],
  };
  const text = cut(['100 main', '112 (idle)', '131 (idle)', '165 (idle)', '171 (idle)'], trace);
  assert.match(text, /#0 sql_execute: waiting for PostgreSQL > SELECT a \(wait\)/);
  assert.match(text, /#0 sql_execute: waiting for PostgreSQL > SELECT b \(wait\)/);
  assert.match(text, /#0 sql_execute: waiting for PostgreSQL \(wait\)/);
  assert.match(text, /#0 append: waiting for PostgreSQL > INSERT \(wait\)/);
});

test('a statement that was waited for is a wait again in every format that keeps stacks', () => {
  const trace = {
    ...traceOf('110-190', ['sql_execute 110-170']),
    statements: [span('SELECT a', 112, 130)],
  };
  const stacks = cpuProfileToStacks(cpuProfileOf(['100 main', '112 (idle)', '131 (idle)']));
  const profile = stacksToProfile(stacks, { title: 'waits', startedAt: '', traces: [trace] });
  for (const format of WRITTEN_FORMATS) {
    const back = readProfile(writeProfile({ profile }, format), { name: 'back' });
    assert.match(rowsAsText(back), /waiting for PostgreSQL > SELECT a \(wait\)/, format);
    assert.match(rowsAsText(back), /main \(native|main \(application/, format);
  }
});

test('a wait is for the statement that shares most of its time', () => {
  const trace = {
    ...traceOf('110-190', ['sql_execute 110-190']),
    statements: [span('early', 111, 114), span('long', 112, 189), span('short', 113, 116)],
  };
  assert.match(cut(['100 main', '112 (idle)'], trace), /> long/);
  assert.match(
    cut(['100 main', '112 (idle)', '125 (idle)', '180 (idle)'], trace),
    /> long[\s\S]*> long[\s\S]*> long/,
  );
});

function entry(
  label: string,
  calls: readonly (readonly [operation: number, startMicros: number, endMicros: number])[],
): StatementEntry {
  return {
    id: label,
    label,
    text: label,
    executions: calls.map(([operation, startMicros, endMicros]) => ({
      operation,
      texts: [label],
      stretches: [{ startMicros, durationMicros: endMicros - startMicros }],
      rows: 2,
      isFailed: label === 'broken',
    })),
  };
}

test('what no phase tells of becomes a phase: waiting for PostgreSQL, and for a connection before it', () => {
  const trace = traceOf('100-200', ['decide 150-160']);
  const acquired = [{ operation: 0, startMicros: 105, durationMicros: 10 }];
  const [observed] = withStatements([trace], [entry('SELECT', [[0, 115, 170]])], acquired);
  assert.deepEqual(
    observed?.phases.map(({ phase, startMicros, durationMicros }) => [phase, startMicros, durationMicros]),
    [
      ['connection_acquire', 105, 10],
      ['sql_execute', 115, 35],
      ['decide', 150, 10],
      ['sql_execute', 160, 10],
    ],
  );
  assert.deepEqual(observed?.statements, [{ label: 'SELECT', startMicros: 115, durationMicros: 55 }]);
});

test('calls, rows and times are told for each statement, and by handler and phase', () => {
  const traces = [traceOf('100-200', ['sql_execute 110-150', 'append 150-190']), traceOf('300-400')];
  const entries = [
    entry('SELECT', [
      [0, 115, 125],
      [0, 140, 170],
      [1, 310, 330],
      [1, 500, 505],
    ]),
    entry('broken', [[0, 151, 251]]),
  ];
  const [second, first] = statementTotals(entries, traces);
  assert.deepEqual([first?.label, first?.failed, first?.totalMicros], ['broken', 1, 100]);
  assert.deepEqual(
    [second?.calls, second?.rows, second?.totalMicros, second?.meanMicros, second?.maxMicros],
    [4, 8, 65, 16.25, 30],
  );
  // While both were under way, from 151 to 170, each has half of the time.
  assert.deepEqual([first?.underWayMicros, second?.underWayMicros], [29.5, 30.5]);
  assert.deepEqual(
    second?.shares.map(({ phase, calls, totalMicros }) => [phase, calls, totalMicros]),
    [
      ['append', 1, 30],
      ['unattributed', 1, 20],
      ['sql_execute', 1, 10],
      ['outside', 1, 5],
    ],
  );
});

test('a statement is under way also while the process works, and what was nothing but waiting the picture tells', () => {
  const statement = entry('SELECT', [[0, 110, 190]]);
  const [trace] = withStatements([traceOf('110-190')], [statement], []);
  assert.ok(trace);
  const [total] = statementTotals([statement], [trace]);
  assert.equal(total?.underWayMicros, 80);
  const text = cut(['100 main', '110 main', '140 (idle)'], trace);
  assert.match(text, /sql_execute: main/);
  assert.match(text, /sql_execute: waiting for PostgreSQL > SELECT \(wait\)/);
});

test('while an operation works on what it has read, what comes next is not under way for it', () => {
  const phases = ['sql_execute 100-110', 'row_decode 110-150', 'sql_execute 150-160', 'project 160-200'];
  const trace = traceOf('100-200', phases);
  const [total] = statementTotals([entry('SELECT', [[0, 100, 195]])], [trace]);
  assert.deepEqual([total?.totalMicros, total?.underWayMicros], [95, 20]);
  const table = statementTable(
    { statements: total ? [total] : [], leftOut: 0, server: { isAvailable: false, reason: '', advice: '' } },
    { operationMicros: 100, most: 5 },
  );
  assert.match(table, /under way ms +share +total ms/);
  assert.match(table, /0\.020 +20\.0 % +0\.095/);
});
