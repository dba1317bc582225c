import { formatShare } from '../format.ts';
import type { RunFacts } from './run-facts.ts';

/** What garbage collection took of the operations: words before, the figure, words behind. Null where nobody looked. */
export function gcFigure({ gcShare, gcPauses = 0 }: RunFacts): readonly [string, string, string] | null {
  if (gcShare === undefined) return null;
  // Pauses in no operation are not the same as no pause.
  if (gcShare === 0 && gcPauses > 0) return ['garbage collection', 'only', 'between operations'];
  return ['garbage collection', formatShare(gcShare), 'of the operations'];
}
