import { ProfilerError } from '../lib/profiler-error.ts';

export interface HandlerSurroundings {
  /** The run's database is one that the profiler runs itself. */
  readonly isEmbedded: boolean;
}

/**
 * What to do about a fault of a handler of one's own, where more is known than what it says: faults of the profiler's
 * own event store have advice, and a pool without an address finds no database where ours is embedded.
 */
export function handlerAdvice(
  thrown: unknown,
  { isEmbedded }: HandlerSurroundings,
): { readonly advice?: string } {
  if (thrown instanceof ProfilerError && thrown.advice !== undefined) return { advice: thrown.advice };
  return isEmbedded && isDefaultPortRefused(thrown) ? { advice: EMBEDDED } : {};
}

const EMBEDDED =
  "The run's database is the one that the profiler runs itself, and it does not listen on port 5432. The handler's second argument leads to it: take context.pool, or connect to context.databaseUrl. For a database of your own name it in the config: database: { url: … }.";

// What `pg` and others connect to when nothing says where.
const DEFAULT_PORT = 5432;
// Causes may be circular.
const DEEPEST = 5;

/** Also as one of several: a name has an address for each version of IP. */
function isDefaultPortRefused(thrown: unknown, depth = 0): boolean {
  if (!(thrown instanceof Error) || depth > DEEPEST) return false;
  const { code, port, errors = [] } = thrown as Refusal;
  if (code === 'ECONNREFUSED' && port === DEFAULT_PORT) return true;
  const inner = [thrown.cause, ...(Array.isArray(errors) ? errors : [])];
  return inner.some((each) => isDefaultPortRefused(each, depth + 1));
}

interface Refusal {
  readonly code?: unknown;
  readonly port?: unknown;
  readonly errors?: unknown;
}
