import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainReport } from '../../server/cli/explain-report.ts';
import type { ExplainResult } from '../../server/protocol/statement-plan.ts';
import { explainRemarks } from '../../server/runner/explain-remarks.ts';

const notes = explainRemarks({
  analyze: 'auto',
  planKind: 'custom',
  isAnalyzed: false,
  changes: false,
  effects: { advancesSequence: true, functions: [], triggers: [] },
  isRefused: false,
});

function resultOf(isAnalyzed: boolean): ExplainResult {
  return {
    kind: 'explain',
    run: 'r',
    statement: 'abcdef01',
    label: 'SELECT nextval(?)',
    callMicros: 100,
    statements: [
      {
        text: "SELECT nextval('numbers')",
        plan: { type: 'Result', conditions: [], rowsEstimated: 1, cost: 0.01, children: [] },
        planKind: 'custom',
        isAnalyzed,
        planningMicros: 0,
        executionMicros: 0,
        settings: {},
        tables: [],
        notes,
        advice: [],
      },
    ],
    artifacts: [],
  };
}

test('a statement that would advance a sequence is refused without a promise that a rollback sets it back', () => {
  assert.deepEqual(notes, [
    'The statement was not executed, as it would advance a sequence, which no rollback sets back: the figures are estimates.',
  ]);
});

test('the command line names its own flag for what was not executed, and only then', () => {
  assert.match(
    explainReport(resultOf(false), 'auto'),
    /With --analyze always it is executed .* sequence, stays\.$/,
  );
  assert.doesNotMatch(explainReport(resultOf(false), 'never'), /--analyze/);
  assert.doesNotMatch(explainReport(resultOf(true), 'auto'), /--analyze/);
});
