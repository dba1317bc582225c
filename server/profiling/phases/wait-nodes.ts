import { PHASES, type Phase } from '../../protocol/phase.ts';
import type { NodeOfRow, RowPlace } from './phase-cut.ts';

export const FOR_POSTGRES = 'waiting for PostgreSQL';

/** What an operation waits for in a phase while its process has nothing to do. */
const AWAITED: Partial<Record<Phase, string>> = {
  connection_acquire: 'waiting for a connection',
  sql_execute: FOR_POSTGRES,
  append: FOR_POSTGRES,
  snapshot_load: FOR_POSTGRES,
  snapshot_save: FOR_POSTGRES,
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
 * Where PostgreSQL is waited for and it is known which statement it worked on meanwhile, the node is one below the
 * wait's that names the statement.
 *
 * `kinds` tells WORKING, IDLE or PROGRAM for each node; `addNode` makes the node of a wait, once for each name, and
 * once for each name below another one; `statementAt` tells the label of the statement that was waited for.
 */
export function waitNodes(
  kinds: Uint8Array,
  addNode: (name: string, parent: number) => number,
  statementAt: StatementAt = () => undefined,
): NodeOfRow {
  const nodes = new Map<string, number>();
  const nodeNamed = (name: string, parent = 0): number => {
    const key = `${parent} ${name}`;
    const node = nodes.get(key) ?? addNode(name, parent);
    nodes.set(key, node);
    return node;
  };
  const knowsIdle = kinds.includes(IDLE);
  const waitNode = (name: string, place: RowPlace): number => {
    const node = nodeNamed(name);
    const statement = name === FOR_POSTGRES ? statementAt(place) : undefined;
    return statement === undefined ? node : nodeNamed(statement, node);
  };
  return (node, place) => {
    const kind = kinds[node];
    if (kind === WORKING || place.operation < 0) return node;
    const awaited = awaitedIn(place.phase);
    if (kind === IDLE) return waitNode(awaited ?? WAITING, place);
    return awaited === undefined || knowsIdle ? node : waitNode(awaited, place);
  };
}

/** The label of the statement that PostgreSQL worked on; undefined where none is known. */
export type StatementAt = (place: RowPlace) => string | undefined;

/** Whether a phase is one in which something outside of the process is waited for. */
export function isAwaiting(phase: number): boolean {
  return awaitedIn(phase) !== undefined;
}

function awaitedIn(phase: number): string | undefined {
  const name = PHASES[phase];
  return name === undefined ? undefined : AWAITED[name];
}
