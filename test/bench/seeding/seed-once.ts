import { openPool } from '../../../server/database/pool.ts';
import { importEvents } from '../../../server/eventstore/postgres/import-events.ts';
import { libraryHistories } from '../../../server/workload/library-histories.ts';

/** What the parts of one seed took, milliseconds. */
export interface SeedTimes {
  readonly rows: number;
  readonly indexes: readonly number[];
  readonly commit: number;
}

export interface SeedOnce {
  readonly url: string;
  readonly events: number;
  /** As a seed does it, or as an import beside others. */
  readonly alone: boolean;
}

export function histories(events: number) {
  return libraryHistories({ events, seed: 1, startAt: new Date('2024-01-02T08:00:00Z') });
}

/** One seed into an empty store, with the histories made meanwhile. */
export async function seedOnce({ url, events, alone }: SeedOnce): Promise<SeedTimes> {
  const pool = openPool({ connectionString: url, applicationName: 'benchmark seeding', log: console.error });
  try {
    const marks = [performance.now()];
    await importEvents(pool, histories(events), {
      ...(alone && { alone: { events } }),
      jsonValidation: 'trusted',
      onIndexing: () => marks.push(performance.now()),
    });
    const endedAt = performance.now();
    const [startedAt = 0, filledAt = endedAt, ...builtAt] = marks;
    const indexes = builtAt.map((at, index) => at - ([filledAt, ...builtAt][index] ?? at));
    return { rows: filledAt - startedAt, indexes, commit: endedAt - (builtAt.at(-1) ?? endedAt) };
  } finally {
    await pool.end();
  }
}
