/*
 * What is used of pg, in the shapes that all its versions from 8.0 on have. Its own declarations name neither the queue
 * nor what is called on a statement while its answer comes.
 */

import type { StatementWatch } from './statement-watch.ts';

export interface PgClient {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly database?: string | null | undefined;
}

export type QueryMethod = (this: PgClient, ...given: readonly unknown[]) => unknown;

/** `pg.Client`: the class whose `query` every form of a call ends in, that of pools too. */
export interface ClientClass {
  readonly prototype: { query: QueryMethod };
}

/** `connect` takes a callback or gives a promise; `pool.query` uses it with a callback. */
export type ConnectMethod = (this: unknown, callback?: unknown) => unknown;

export interface PoolClass {
  readonly prototype: { connect: ConnectMethod };
}

/** What watches a statement. A WeakMap of them would cost the collector more than all the rest. */
export const WATCHED = Symbol('eventstore-profiler: watched');

/** What watches the statement that a cursor reads for. */
export const READ_FOR = Symbol('eventstore-profiler: read for');

/** What pg calls on whatever is submitted to it. */
export interface Submitted {
  readonly text?: unknown;
  readonly values?: unknown;
  readonly name?: unknown;
  readonly rows?: unknown;
  /** Of pg-query-stream: the cursor that it reads. */
  readonly cursor?: Submitted;
  /** Of a submittable that tells its statements one by one. */
  readonly statements?: unknown;
  [WATCHED]?: StatementWatch;
  [READ_FOR]?: StatementWatch;
  [method: string]: unknown;
}

export function isClientClass(value: unknown): value is ClientClass {
  return typeof value === 'function' && hasMethods(value.prototype, ['query', '_pulseQueryQueue']);
}

export function isPoolClass(value: unknown): value is PoolClass {
  return typeof value === 'function' && hasMethods(value.prototype, ['connect', '_pulseQueue']);
}

/** Asked twice for each statement, and therefore without a list of names. */
export function isSubmitted(value: unknown): value is Submitted {
  return (
    typeof value === 'object' && value !== null && 'submit' in value && typeof value.submit === 'function'
  );
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return names.every((name) => typeof Reflect.get(value, name) === 'function');
}

/** The statement that a call of `query` has just made: the last in the queue, or the one that was sent at once. */
export function newestOf(client: PgClient): Submitted | undefined {
  const queue = read(client, '_queryQueue', 'queryQueue');
  const waiting = Array.isArray(queue) ? queue.at(-1) : undefined;
  const sent = Reflect.get(client, '_sentQueryQueue');
  const newest =
    waiting ?? (Array.isArray(sent) ? sent.at(-1) : undefined) ?? read(client, '_activeQuery', 'activeQuery');
  return isSubmitted(newest) ? newest : undefined;
}

/** The older name only where there is no newer one: reading it warns from pg 8.17 on. */
function read(client: PgClient, name: string, olderName: string): unknown {
  return name in client ? Reflect.get(client, name) : Reflect.get(client, olderName);
}
