import type { ExplainedStatement, ExplainRequest } from '../protocol/statement-plan.ts';
import type { LastingEffects } from './lasting-effects.ts';

interface Explaining {
  readonly analyze: ExplainRequest['analyze'];
  readonly planKind: ExplainedStatement['planKind'];
  readonly isAnalyzed: boolean;
  readonly changes: boolean;
  readonly effects: LastingEffects;
  /** PostgreSQL refused to execute it as one that only reads. */
  readonly isRefused: boolean;
}

/** Sentences on how a plan came about. */
export function explainRemarks(explaining: Explaining): string[] {
  const { analyze, planKind, isAnalyzed, changes, effects } = explaining;
  const notes: string[] = [];
  if (planKind === 'generic') {
    notes.push(
      'This is the plan for all values of the prepared statement, as PostgreSQL had chosen it for the call.',
    );
  }
  if (isAnalyzed && changes) {
    notes.push(
      'The statement was executed in a transaction that was rolled back: what it changed is as it was.',
    );
  }
  if (isAnalyzed && effects.advancesSequence) {
    notes.push('Sequences have advanced: no rollback sets them back.');
  }
  const executed = [...effects.functions, ...effects.triggers];
  if (isAnalyzed && executed.length > 0) {
    notes.push(
      `Executed with it: ${executed.join(', ')}. What they did outside of the transaction, no rollback undoes.`,
    );
  }
  const reason = reasonOf(explaining);
  if (!isAnalyzed && analyze === 'auto' && reason !== undefined) {
    notes.push(`The statement was not executed, as it ${reason}: the figures are estimates.`);
  }
  return notes;
}

function reasonOf({ effects, isRefused }: Explaining): string | undefined {
  const { advancesSequence, functions, triggers } = effects;
  if (advancesSequence) return 'would advance a sequence, which no rollback sets back';
  if (functions.length > 0) {
    return `would call ${functions.join(', ')}: such a volatile function may do what no rollback undoes`;
  }
  if (triggers.length > 0) {
    return `would fire the trigger ${triggers.join(', ')}: its function may do what no rollback undoes`;
  }
  return isRefused ? 'reads, and a function of it would change rows or advance a sequence' : undefined;
}
