import { AsyncResource } from 'node:async_hooks';
import {
  type ClientClass,
  type ConnectMethod,
  isSubmitted,
  newestOf,
  type PgClient,
  type PoolClass,
  type QueryMethod,
  type Submitted,
  WATCHED,
} from './pg-shapes.ts';
import type { SentStatement, StatementCall, StatementTarget, Stretch } from './sent-statement.ts';
import { ToldPrototypes } from './told-prototypes.ts';
import { statementsOf, watchStatement } from './watch-statement.ts';

/** What observed classes of pg tell. */
export interface PgListener {
  /** The operation in whose asynchronous context this is called; undefined where nobody wants to know. */
  operation(): number | undefined;
  /** Microseconds on the monotonic clock. */
  now(): number;
  executed(call: StatementCall): void;
  /** A connection of a pool was waited for. */
  acquired(operation: number, stretch: Stretch): void;
}

/**
 * Has every statement of a class of clients told, in whatever form it is given: text, object, named, with a promise or a
 * callback, or a submittable as cursors are. The call itself gets what it would have got. Returns what ends it.
 */
export function observeClients(client: ClientClass, listener: PgListener): () => void {
  const { prototype } = client;
  const original = prototype.query;
  const prototypes = new ToldPrototypes();
  let isActive = true;
  const query: QueryMethod = function query(this: PgClient, ...given) {
    const operation = isActive ? listener.operation() : undefined;
    if (operation === undefined) return Reflect.apply(original, this, given);
    const askedMicros = listener.now();
    const answer: unknown = Reflect.apply(original, this, given);
    const submitted = isSubmitted(given[0]) ? given[0] : newestOf(this);
    // A statement that was refused is not the newest of its connection.
    if (submitted && submitted[WATCHED] === undefined)
      watch(this, submitted, { operation, askedMicros, listener, prototypes });
    return answer;
  };
  prototype.query = query;
  return () => {
    isActive = false;
    prototypes.end();
    // What somebody else has put in front since stays.
    if (prototype.query === query) prototype.query = original;
  };
}

interface Asked {
  readonly operation: number;
  readonly askedMicros: number;
  readonly listener: PgListener;
  readonly prototypes: ToldPrototypes;
}

function watch(client: PgClient, submitted: Submitted, asked: Asked): void {
  const { operation, askedMicros, listener, prototypes } = asked;
  const statements = statementsOf(submitted);
  const executionsBefore = countExecution(client, statements);
  watchStatement(submitted, prototypes, {
    isWaiting: isWaiting(client, submitted),
    askedMicros,
    now: listener.now,
    ended: ({ stretches, rows, isFailed }) =>
      listener.executed({
        operation,
        statements,
        executionsBefore,
        target: targetOf(client),
        stretches,
        rows,
        isFailed,
      }),
  });
}

function isWaiting(client: PgClient, submitted: Submitted): boolean {
  const queue: unknown = Reflect.get(client, '_queryQueue' in client ? '_queryQueue' : 'queryQueue');
  return Array.isArray(queue) && queue.includes(submitted);
}

/** How often each connection has executed each prepared statement. */
const executions = new WeakMap<PgClient, Map<string, number>>();

function countExecution(client: PgClient, statements: readonly SentStatement[]): number {
  const name = firstName(statements);
  if (name === undefined) return 0;
  let counts = executions.get(client);
  if (counts === undefined) {
    counts = new Map();
    executions.set(client, counts);
  }
  const before = counts.get(name) ?? 0;
  counts.set(name, before + 1);
  return before;
}

function firstName(statements: readonly SentStatement[]): string | undefined {
  for (const { name } of statements) if (name !== undefined) return name;
  return undefined;
}

const targets = new WeakMap<PgClient, StatementTarget>();

/** Where a client leads, as its settings say; it need not be connected. */
export function targetOf(client: PgClient): StatementTarget {
  const known = targets.get(client);
  if (known) return known;
  const { host, port, database } = client;
  const target = { host: host ?? '', port: Number(port ?? 0), database: database ?? '' };
  targets.set(client, target);
  return target;
}

/**
 * Has the waiting for connections of a pool told, and keeps what is done with one in the context of who asked for it:
 * the queue of a pool calls back in the context of whoever gave the connection back. Returns what ends it.
 */
export function observePools(prototype: PoolClass['prototype'], listener: PgListener): () => void {
  const original = prototype.connect;
  let isActive = true;
  const connect: ConnectMethod = function connect(this: unknown, callback) {
    const operation = isActive ? listener.operation() : undefined;
    if (operation === undefined) return Reflect.apply(original, this, [callback]);
    const startMicros = listener.now();
    const acquired = () =>
      listener.acquired(operation, { startMicros, durationMicros: listener.now() - startMicros });
    if (typeof callback === 'function') {
      // What AsyncResource.bind does, without the properties that it defines on each function: they take 5 µs.
      const context = new AsyncResource('EventStoreProfilerConnect', { requireManualDestroy: true });
      const called = (given: readonly unknown[]): unknown => {
        acquired();
        return Reflect.apply(callback, undefined, given);
      };
      const inContext = (...given: unknown[]) => context.runInAsyncScope(called, undefined, given);
      return Reflect.apply(original, this, [inContext]);
    }
    const promise: unknown = Reflect.apply(original, this, []);
    if (promise instanceof Promise) promise.then(acquired, acquired);
    return promise;
  };
  prototype.connect = connect;
  return () => {
    isActive = false;
    if (prototype.connect === connect) prototype.connect = original;
  };
}

/** `pg.Pool` inherits from the class of pg-pool, which programs may use by itself: the prototype that all pools share. */
export function poolPrototype({ prototype }: PoolClass): PoolClass['prototype'] {
  let owner: object = prototype;
  while (!Object.hasOwn(owner, 'connect')) {
    const next: unknown = Object.getPrototypeOf(owner);
    if (typeof next !== 'object' || next === null) return prototype;
    owner = next;
  }
  // It has the method, so it is a prototype of pools.
  return owner as PoolClass['prototype'];
}
