import type { PostgresEventStore } from '../eventstore/postgres/postgres-event-store.ts';
import type { OperationRecorder } from '../handling/recording/operation-recorder.ts';
import { everyEvents } from '../handling/snapshots/save-policy.ts';
import { SnapshotKeeper } from '../handling/snapshots/snapshot-keeper.ts';
import type { ProfileRequest } from '../protocol/run.ts';
import type { ExampleSnapshots } from '../workload/example-handlers.ts';

export interface SnapshotSetting {
  readonly store: PostgresEventStore;
  readonly recorder: OperationRecorder;
  readonly log: (message: string) => void;
}

/**
 * How the handlers of a run keep their states. `stored`: nothing stays in memory, so each execution loads its snapshot.
 * `warm`: states stay in memory. Both save whatever is new, so that the executions after the first one find it.
 */
export function profiledSnapshots(
  mode: ProfileRequest['snapshots'],
  { store, recorder, log }: SnapshotSetting,
): ExampleSnapshots | undefined {
  if (mode === 'off') return undefined;
  const keeper = new SnapshotKeeper({
    store,
    inventory: store,
    recorder,
    ...(mode === 'stored' && { maxStates: 0 }),
    onFault: ({ handler, what, fault }) => {
      const reason = fault instanceof Error ? fault.message : String(fault);
      log(`A snapshot of ${handler} failed to ${what}: ${reason}`);
    },
  });
  return { keeper, policy: everyEvents(1) };
}
