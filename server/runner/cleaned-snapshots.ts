import type { SnapshotInventory } from '../eventstore/event-store.ts';
import { type CleaningUp, cleaningUp } from '../handling/snapshots/cleaning-up.ts';
import { describeError } from '../lib/describe-error.ts';
import type { RunContext } from './run-context.ts';

// Nobody has gone on from it for a month: its tail is long by then, or its version is a former one.
const OLDER_THAN_MS = 30 * 24 * 3_600_000;

// Every input of a handler has a state of its own; so many, mostly of some kB, are some 100 MB in the database.
const KEEP_NEWEST = 10_000;

/** Deletes what no run is likely to need again, at the beginning of a run that saves snapshots and each hour while it lasts. */
export function cleanedSnapshots(
  inventory: SnapshotInventory,
  { signal, log }: Pick<RunContext, 'signal' | 'log'>,
): CleaningUp {
  return cleaningUp(inventory, {
    signal,
    olderThanMs: OLDER_THAN_MS,
    keepNewest: KEEP_NEWEST,
    onDeleted: (count) => {
      if (count > 0) log(`Snapshots that are old or too many were deleted: ${count}.`);
    },
    onFault: (fault) => log(`Old snapshots could not be deleted: ${describeError(fault).message}`),
  });
}
