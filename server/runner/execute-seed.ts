import type pg from 'pg';
import { importEvents } from '../eventstore/postgres/import-events.ts';
import { systemClock } from '../lib/clock.ts';
import { ProfilerError } from '../lib/profiler-error.ts';
import type { SeedRequest, SeedResult } from '../protocol/run.ts';
import { libraryHistories } from '../workload/library-histories.ts';
import type { RunContext } from './run-context.ts';

/** Seeding is for empty event stores: events of different histories in one store would contradict each other. */
class StoreNotEmptyError extends ProfilerError {
  override readonly name = 'StoreNotEmptyError';

  constructor() {
    super('store_not_empty', 'The event store holds events already; it is only filled when it is empty.', {
      advice: 'Use another workspace (--workspace) or another database.',
    });
  }
}

// Part of the seed: the same request gives the same events, to the millisecond.
const OPENED_AT = new Date('2024-01-02T08:00:00Z');

/** Fills the event store with lawful histories. All or nothing: a cancel or a crash leaves it as it was. */
export async function executeSeed(
  request: SeedRequest,
  pool: pg.Pool,
  context: RunContext,
): Promise<SeedResult> {
  const { signal, progress } = context;
  if (await holdsEvents(pool)) throw new StoreNotEmptyError();
  progress(FILLING, 0, request.events);
  const start = systemClock.monotonicMicros();
  const batches = libraryHistories({ events: request.events, seed: request.seed, startAt: OPENED_AT });
  const events = await importEvents(pool, batches, {
    signal,
    // There is nothing to read or to decide on before the end.
    alone: { events: request.events },
    // Made by JSON.stringify; parsing them again would take as long as making them.
    jsonValidation: 'trusted',
    onProgress: (imported) => progress(FILLING, imported, request.events),
    onIndexing: (built, indexes) => progress(INDEXING, built, indexes),
  });
  // Without statistics the first queries run on wrong plans until the autovacuum has come by; without VACUUM the first
  // reader marks every row as committed. It takes a twentieth of the time of the load.
  await pool.query('VACUUM (ANALYZE) events');
  const seconds = (systemClock.monotonicMicros() - start) / 1e6;
  return { kind: 'seed', events, eventsPerSecond: events / seconds };
}

const FILLING = 'Filling the event store';
const INDEXING = 'Building its indexes';

async function holdsEvents(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>('SELECT EXISTS (SELECT FROM events) AS found');
  return rows[0]?.found === true;
}
