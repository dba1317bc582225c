import type { CapturedStacks } from './captured-stacks.ts';
import { FOR_POSTGRES } from './phases/wait-nodes.ts';

/**
 * The call frames that name a statement that was waited for, as formats without categories tell them: below the wait for
 * PostgreSQL, without a place of their own. Indices into the call frames.
 */
export function statementFrames({ callFrames, nodes }: CapturedStacks): ReadonlySet<number> {
  const waits = callFrames.map(({ functionName, url }) => functionName === FOR_POSTGRES && url === '');
  const found = new Set<number>();
  if (!waits.includes(true)) return found;
  for (let node = 1; node < nodes.length; node++) {
    const frame = nodes.frame[node] ?? 0;
    if (waits[nodes.frame[nodes.parent[node] ?? 0] ?? 0] && callFrames[frame]?.url === '') found.add(frame);
  }
  return found;
}
