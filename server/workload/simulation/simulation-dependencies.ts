import type { EventStore } from '../../eventstore/event-store.ts';
import type { SequenceNumber } from '../../eventstore/storable-event.ts';
import type { OperationRecorder } from '../../handling/recording/operation-recorder.ts';
import type { RetrySettings } from '../../handling/retrying/retry-settings.ts';
import type { SnapshotKeeper } from '../../handling/snapshots/snapshot-keeper.ts';
import type { DirtyWorld } from '../dirty-world/dirty-world.ts';
import type { DatabaseGoneError } from './faults.ts';
import type { Pace } from './pace.ts';
import type { SecondFigures, SimulationSummary } from './summary.ts';

/** Told what a simulation is doing. */
export interface SimulationReport {
  readonly progress: (step: string, done: number, total: number) => void;
  /** Each second. */
  readonly second: (figures: SecondFigures) => void;
  readonly log: (line: string) => void;
}

export interface SimulationDependencies {
  /** The handlers' store, with whatever stands in its way. Its instrumentation must tell the recorder. */
  readonly store: EventStore;
  /** The store itself. */
  readonly plainStore: EventStore;
  readonly recorder: OperationRecorder;
  readonly pace: Pace;
  readonly retries?: Partial<RetrySettings>;
  /** Left out, no query goes on from a snapshot. */
  readonly keeper?: SnapshotKeeper;
  readonly dirtyWorld?: DirtyWorld;
  /** Conflicts that the store has told of so far. */
  readonly conflicts: () => number;
  /** Stands in the metadata of everything that is appended. */
  readonly correlationID: string;
  /** How many events with that id are in the store, all of them after the given number. */
  readonly countStored: (after: SequenceNumber) => Promise<number>;
  readonly report: SimulationReport;
}

export interface SimulationResult {
  readonly summary: SimulationSummary;
  readonly series: readonly SecondFigures[];
  /** Why it ended too early, when nobody wanted that. */
  readonly fault?: DatabaseGoneError;
}
