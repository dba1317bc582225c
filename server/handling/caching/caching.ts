import { OperationCanceledError } from '../../eventstore/errors.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';
import type { HandleOptions, Handler } from '../handler.ts';
import type { QueryAnswer } from '../query-handler.ts';
import type { CacheUse } from '../recording/operation-record.ts';
import { type CacheUseRecorder, noPhases, type PhaseMarker } from '../recording/operation-recorder.ts';
import type { AppendListeners } from '../tell-appends.ts';
import { inputKey } from './input-key.ts';
import { QueryCache, validCacheLimits } from './query-cache.ts';
import { SharedFlight } from './shared-flight.ts';
import type { SharedResult } from './shared-result.ts';

/** What caching adds to an answer. */
export interface Cached {
  readonly cache: {
    readonly use: CacheUse;
    /** How often this handler's cache was asked so far, this time included, and what came of it. */
    readonly hits: number;
    readonly shared: number;
    readonly misses: number;
  };
}

/** The answer of a query handler whose result other callers hold, too. */
export type SharedAnswer<Answer extends QueryAnswer<unknown>> = Omit<Answer, 'result'> & {
  readonly result: SharedResult<Answer['result']>;
};

export interface CachingOptions {
  /** Of the store that this process appends through; see `tellingAppends`. Listened to as long as they live. */
  readonly appends: AppendListeners;
  /** How long an answer serves after it was given, in milliseconds: 1 to 3,600,000; 100 when left out. */
  readonly ttlMs?: number;
  /** How many answers are kept: 1 to 1,000,000; 1,000 when left out. Those that were not asked for longest go first. */
  readonly maxEntries?: number;
  /** Left out, operation records do not tell of the cache. */
  readonly recorder?: CacheUseRecorder & PhaseMarker;
  readonly clock?: Clock;
}

/**
 * Gives a query handler's answer again for a short time, and lets those who ask at the same time share one execution.
 *
 * An answer is never older than an append that this process had finished before the query began: an append ends all
 * answers and shared executions whose filter means one of its events. Appends of other processes are seen after `ttlMs`
 * at the latest, counted from the end of the execution; so is an append of unknown outcome that the database finishes
 * after its connection was lost, and on a replica what the replica lags behind.
 *
 * Faults are not kept. A query that goes on from a kept state, or whose input cannot be told by its content, passes by
 * the cache: caching belongs outside of snapshotting.
 * @throws InvalidSettingError for limits out of range
 */
export function caching<Input, Answer extends QueryAnswer<unknown>, State>(
  handler: Handler<Input, Answer, State>,
  { appends, ttlMs = 100, maxEntries = 1_000, recorder, clock = systemClock }: CachingOptions,
): Handler<Input, SharedAnswer<Answer> & Cached, State> {
  const cache = new QueryCache<Answer>({ ...validCacheLimits({ ttlMs, maxEntries }), clock });
  const phases = recorder ?? noPhases;
  const counts = { hits: 0, shared: 0, misses: 0 };
  appends.subscribe(({ events }) => cache.outdate(events));

  async function handle(
    input: Input,
    options: HandleOptions<State> = {},
  ): Promise<SharedAnswer<Answer> & Cached> {
    const { signal } = options;
    if (signal?.aborted) throw new OperationCanceledError({ cause: signal.reason });
    const inputPart = options.resumeFrom === undefined ? inputKey(input) : undefined;
    if (inputPart === undefined) return told('miss', handler.handle(input, options));
    const { filter, key } = phases.phase('filter_build', () => keyed(input, inputPart));
    const known = cache.get(key);
    if (known !== undefined) return told('hit', known);
    const underWay = cache.flightOf(key);
    if (underWay !== undefined) return told('shared', underWay.join(signal));
    const flight = new SharedFlight((own) => handler.handle(input, { ...options, ...own }), signal);
    cache.fly({ key, filter, flight });
    return told('miss', flight.join(signal));
  }

  function keyed(input: Input, inputPart: string) {
    const filter = handler.filter(input);
    return { filter, key: `${filter.hash()} ${inputPart}` };
  }

  async function told(
    use: CacheUse,
    given: Answer | Promise<Answer>,
  ): Promise<SharedAnswer<Answer> & Cached> {
    counts[countOf[use]] += 1;
    const told = { use, ...counts };
    recorder?.cacheUsed(use);
    const answer = await given;
    // The same object under a stricter type: no compiler can see that a part of T is the part of a read-only T.
    const result = answer.result as SharedResult<Answer['result']>;
    return { ...answer, result, cache: told };
  }

  return { ...handler, handle };
}

const countOf = { hit: 'hits', shared: 'shared', miss: 'misses' } as const;
