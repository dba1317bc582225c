import type { GuardedRecorder } from './guarded-recorder.ts';
import type { EventStorePhase, PhaseEnd, StoreOperation } from './instrumentation.ts';
import { outcomeOf } from './operation-outcome.ts';

/** Tells of one operation from its start to its end; while it is under way, in which phase it is, without gaps. */
export class OperationTrack {
  readonly #recorder: GuardedRecorder;
  readonly #operation: StoreOperation;
  readonly #isDetailed: boolean;
  #endPhase: PhaseEnd | undefined;
  #events = 0;
  #batches = 0;
  #isFound = false;

  /** @param isDetailed whether phases and events are told */
  constructor(recorder: GuardedRecorder, operation: StoreOperation, isDetailed: boolean) {
    this.#recorder = recorder;
    this.#operation = operation;
    this.#isDetailed = isDetailed;
    recorder.operationStarted(operation);
  }

  enter(phase: EventStorePhase): void {
    if (!this.#isDetailed) return;
    const before = this.#endPhase;
    // In this order no time lies between the two: a phase that starts interrupts the one that is open.
    this.#endPhase = this.#recorder.startPhase(phase, this.#operation);
    if (before) this.#recorder.endPhase(before);
  }

  /** Between two batches of a replay the time is the caller's. */
  leave(): void {
    const end = this.#endPhase;
    if (end === undefined) return;
    this.#endPhase = undefined;
    this.#recorder.endPhase(end);
  }

  eventsRead(events: readonly { readonly eventType: string }[]): void {
    this.#events += events.length;
    this.#batches += 1;
    if (this.#isDetailed) this.#recorder.eventsRead(events, this.#operation);
  }

  eventsAppended(count: number): void {
    this.#events += count;
    if (this.#isDetailed) this.#recorder.eventsAppended(count, this.#operation);
  }

  snapshotFound(isFound: boolean): void {
    this.#isFound = isFound;
  }

  /** @param fault what is thrown, if anything is */
  end(fault: unknown): void {
    this.leave();
    this.#recorder.operationEnded(this.#operation, {
      outcome: outcomeOf(fault),
      fault,
      events: this.#events,
      batches: this.#batches,
      isFound: this.#isFound,
    });
  }
}
