import type {
  EventStorePhase,
  EventStoreRecorder,
  StoreOperation,
} from '../../../server/eventstore/instrumentation.ts';

/** Keeps the phases of each append by its caller, and what was told in the context of another one or too late. */
export class ContextRecorder implements EventStoreRecorder {
  readonly faults: string[] = [];
  readonly #caller: () => string | undefined;
  readonly #callers = new Map<StoreOperation, string | undefined>();
  readonly #phases = new Map<string | undefined, EventStorePhase[]>();

  constructor(caller: () => string | undefined) {
    this.#caller = caller;
  }

  phasesOf(caller: string): readonly EventStorePhase[] | undefined {
    return this.#phases.get(caller);
  }

  operationStarted(operation: StoreOperation): void {
    this.#callers.set(operation, this.#caller());
  }

  startPhase(phase: EventStorePhase, operation: StoreOperation): () => void {
    const caller = this.#caller();
    if (!this.#callers.has(operation)) this.faults.push(`${phase} after the end`);
    else if (this.#callers.get(operation) !== caller) this.faults.push(`${phase} told to ${caller}`);
    this.#phases.set(caller, [...(this.#phases.get(caller) ?? []), phase]);
    return () => undefined;
  }

  operationEnded(operation: StoreOperation): void {
    this.#callers.delete(operation);
  }
}
