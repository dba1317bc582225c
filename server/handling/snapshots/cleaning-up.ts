import type { SnapshotInventory } from '../../eventstore/event-store.ts';
import type { SnapshotsToDelete } from '../../eventstore/snapshot.ts';
import { type Sleep, systemSleep } from '../../lib/sleep.ts';

export interface CleaningUpOptions extends SnapshotsToDelete {
  /** In milliseconds; an hour when left out. */
  readonly everyMs?: number;
  /** Told how many were deleted each time. */
  readonly onDeleted?: (count: number) => void;
  /** Told of a fault; left out, the process is warned. The next time comes all the same. */
  readonly onFault?: (fault: unknown) => void;
  readonly sleep?: Sleep;
  /** Ends it as well. */
  readonly signal?: AbortSignal;
}

/** Ends the cleaning. What is under way is cancelled and waited for. */
export interface CleaningUp extends AsyncDisposable {
  /** Resolves when the first time is over, however it went. */
  readonly begun: Promise<void>;
}

/**
 * Deletes snapshots that are too old or too many, now and then again and again. Age counts from the last save, so that
 * states which nobody brings up to date any more go, those of former versions among them. Disposing it ends it.
 */
export function cleaningUp(inventory: SnapshotInventory, options: CleaningUpOptions): CleaningUp {
  const {
    everyMs = 3_600_000,
    onDeleted,
    onFault = warn,
    sleep = systemSleep,
    signal: end,
    ...which
  } = options;
  const over = new AbortController();
  const signal = end === undefined ? over.signal : AbortSignal.any([over.signal, end]);
  const { promise: begun, resolve: hasBegun } = Promise.withResolvers<void>();

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        onDeleted?.(await inventory.deleteSnapshots(which, { signal }));
      } catch (fault) {
        if (!signal.aborted) onFault(fault);
      }
      hasBegun();
      // Only the end interrupts it.
      await sleep(everyMs, signal).catch(() => undefined);
    }
  }

  const running = run();
  return {
    begun,
    async [Symbol.asyncDispose]() {
      over.abort();
      await running;
    },
  };
}

function warn(fault: unknown): void {
  const what = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
  process.emitWarning(`Cleaning up snapshots failed: ${what}`, { code: 'SNAPSHOT' });
}
