import { PHASES, type Phase } from '../../protocol/phase.ts';
import type { NodeOfRow } from './phase-cut.ts';

/** What an operation waits for in a phase while its process has nothing to do. */
const AWAITED: Partial<Record<Phase, string>> = {
  connection_acquire: 'waiting for a connection',
  sql_execute: 'waiting for PostgreSQL',
  append: 'waiting for PostgreSQL',
  snapshot_load: 'waiting for PostgreSQL',
  snapshot_save: 'waiting for PostgreSQL',
};

const WAITING = 'waiting';

/** What stands at the end of a node's stack. */
export const WORKING = 0;
export const IDLE = 1;
export const PROGRAM = 2;

/**
 * Time in which V8 was idle inside an operation is time in which the operation waited: such samples go to a node
 * that says for what. Node.js marks every turn in which its event loop sleeps as idle; `(program)` beside it is
 * native code at work (0.7 % of a query-bound profile) and stays what it is, unless the capture knows no idle time
 * at all: then `(program)` in a phase that waits is the waiting. Idle time outside of operations stays idle.
 *
 * `kinds` tells WORKING, IDLE or PROGRAM for each node; `addNode` makes the node of a wait, once for each name.
 */
export function waitNodes(kinds: Uint8Array, addNode: (name: string) => number): NodeOfRow {
  const nodes = new Map<string, number>();
  const nodeNamed = (name: string): number => {
    const node = nodes.get(name) ?? addNode(name);
    nodes.set(name, node);
    return node;
  };
  const knowsIdle = kinds.includes(IDLE);
  return (node, operation, phase) => {
    const kind = kinds[node];
    if (kind === WORKING || operation < 0) return node;
    const awaited = awaitedIn(phase);
    if (kind === IDLE) return nodeNamed(awaited ?? WAITING);
    return awaited === undefined || knowsIdle ? node : nodeNamed(awaited);
  };
}

function awaitedIn(phase: number): string | undefined {
  const name = PHASES[phase];
  return name === undefined ? undefined : AWAITED[name];
}
