import type pg from 'pg';
import { importEvents } from '../eventstore/postgres/import-events.ts';
import { LeasedConnection } from '../eventstore/postgres/leased-connection.ts';
import { StoreNotEmptyError } from '../eventstore/postgres/store-not-empty-error.ts';
import { systemClock } from '../lib/clock.ts';
import { describeError } from '../lib/describe-error.ts';
import type { SeedRequest, SeedResult } from '../protocol/run.ts';
import { libraryHistories } from '../workload/library-histories.ts';
import type { RunContext } from './run-context.ts';

// Part of the seed: the same request gives the same events, to the millisecond.
const OPENED_AT = new Date('2024-01-02T08:00:00Z');

/**
 * Fills the event store with lawful histories. All or nothing: a cancel or a crash leaves it as it was, and what comes
 * after the commit comes too late to change that: the result is delivered before anything else is done.
 * @throws StoreNotEmptyError
 */
export async function executeSeed(
  request: SeedRequest,
  pool: pg.Pool,
  context: RunContext,
): Promise<SeedResult> {
  const { signal, progress, deliver } = context;
  if (await holdsEvents(pool, signal)) throw new StoreNotEmptyError();
  progress(FILLING, 0, request.events);
  const start = systemClock.monotonicMicros();
  const batches = libraryHistories({ events: request.events, seed: request.seed, startAt: OPENED_AT });
  const events = await importEvents(pool, batches, {
    signal,
    // There is nothing to read or to decide on before the end.
    alone: { events: request.events },
    // Somebody may have appended since the look above.
    intoEmpty: true,
    // Made by JSON.stringify; parsing them again would take as long as making them.
    jsonValidation: 'trusted',
    onProgress: (imported) => progress(FILLING, imported, request.events),
    onIndexing: (built, indexes) => progress(INDEXING, built, indexes),
  });
  const seconds = (systemClock.monotonicMicros() - start) / 1e6;
  const result: SeedResult = { kind: 'seed', events, eventsPerSecond: events / seconds };
  deliver(result);
  await tidyUp(pool, context);
  return result;
}

const FILLING = 'Filling the event store';
const INDEXING = 'Building its indexes';
const TIDYING = 'Collecting statistics for PostgreSQL';

/**
 * Without statistics the first queries run on wrong plans until the autovacuum has come by; without VACUUM the first
 * reader marks every row as committed. It takes a twentieth of the time of the load. The store is full with it or without.
 */
async function tidyUp(pool: pg.Pool, { signal, progress, log }: RunContext): Promise<void> {
  progress(TIDYING, 0, 0);
  try {
    using connection = await LeasedConnection.acquire(pool, { signal });
    // It takes as long as there are events, which no general time-out can know.
    await connection.client.query('SET statement_timeout = 0');
    connection.discard();
    await connection.client.query('VACUUM (ANALYZE) events');
  } catch (error) {
    const why = signal.aborted ? 'The run was cancelled.' : describeError(error).message;
    log(`The event store is filled, but reads may be slow until PostgreSQL's autovacuum has come by. ${why}`);
  }
}

async function holdsEvents(pool: pg.Pool, signal: AbortSignal): Promise<boolean> {
  using connection = await LeasedConnection.acquire(pool, { signal });
  const { rows } = await connection.client.query<{ found: boolean }>(
    'SELECT EXISTS (SELECT FROM events) AS found',
  );
  return rows[0]?.found === true;
}
