import type { RunSubject } from '../../server/protocol/run.ts';
import type { ExplainRequest } from '../../server/protocol/statement-plan.ts';

/** Which statement of what a plan is of, in words; by ids alone where the run is older than its subject's being kept. */
export function planOf({ run, statement }: ExplainRequest, subject: RunSubject | undefined): string {
  if (subject === undefined) return `Plan of statement ${statement} of run ${run}`;
  return `Plan of "${subject.statement}" of ${subject.handler}`;
}
