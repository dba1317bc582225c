import { explainText, unexecutedOf } from '../protocol/plan-text.ts';
import type { ExplainRequest, ExplainResult } from '../protocol/statement-plan.ts';

/** The plan for a terminal, and how what was not executed can be. */
export function explainReport(result: ExplainResult, analyze: ExplainRequest['analyze']): string {
  const isRefused = analyze === 'auto' && unexecutedOf(result).length > 0;
  return isRefused ? `${explainText(result)}\n\n${ANYWAY}` : explainText(result);
}

const ANYWAY =
  'With --analyze always it is executed all the same, and rolled back. What a rollback does not undo, such as the advance of a sequence, stays.';
