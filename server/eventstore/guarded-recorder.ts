import type {
  EventStorePhase,
  EventStoreRecorder,
  OperationEnd,
  PhaseEnd,
  StoreOperation,
} from './instrumentation.ts';

/**
 * A recorder whose faults cannot break an operation. The first one is its last: what was told by half would be wrong
 * figures from then on, and the same warning for every operation would help nobody.
 */
export class GuardedRecorder {
  #recorder: EventStoreRecorder | undefined;

  constructor(recorder: EventStoreRecorder) {
    this.#recorder = recorder;
  }

  operationStarted(operation: StoreOperation): void {
    try {
      this.#recorder?.operationStarted?.(operation);
    } catch (fault) {
      this.#giveUp(fault);
    }
  }

  operationEnded(operation: StoreOperation, end: OperationEnd): void {
    try {
      this.#recorder?.operationEnded?.(operation, end);
    } catch (fault) {
      this.#giveUp(fault);
    }
  }

  startPhase(phase: EventStorePhase, operation: StoreOperation): PhaseEnd | undefined {
    try {
      return this.#recorder?.startPhase?.(phase, operation);
    } catch (fault) {
      this.#giveUp(fault);
      return undefined;
    }
  }

  endPhase(end: PhaseEnd): void {
    try {
      if (this.#recorder) end();
    } catch (fault) {
      this.#giveUp(fault);
    }
  }

  eventsRead(events: readonly { readonly eventType: string }[], operation: StoreOperation): void {
    try {
      this.#recorder?.eventsRead?.(events, operation);
    } catch (fault) {
      this.#giveUp(fault);
    }
  }

  eventsAppended(count: number, operation: StoreOperation): void {
    try {
      this.#recorder?.eventsAppended?.(count, operation);
    } catch (fault) {
      this.#giveUp(fault);
    }
  }

  #giveUp(fault: unknown): void {
    this.#recorder = undefined;
    const what = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
    process.emitWarning(`The recorder of an event store threw and is told nothing any more: ${what}`, {
      code: 'EVENT_STORE_RECORDER',
    });
  }
}
