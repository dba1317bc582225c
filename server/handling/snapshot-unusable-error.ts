import { ProfilerError } from '../lib/profiler-error.ts';

/**
 * `tail_too_long`: more newer events than are worth reading one by one. `diverged`: the store does not have the events that
 * the state was folded from: it was restored from a backup, lost its last transactions, or was emptied.
 */
export type UnusableReason = 'tail_too_long' | 'diverged';

/** A kept state cannot be gone on from: fold all events anew. `snapshotting` does. */
export class SnapshotUnusableError extends ProfilerError {
  override readonly name = 'SnapshotUnusableError';
  readonly reason: UnusableReason;

  constructor(reason: UnusableReason, message: string) {
    super('snapshot_unusable', message, { advice: 'Fold all events anew.' });
    this.reason = reason;
  }
}
