import type { EventStoreInstrumentation, EventStorePhase, PhaseEnd } from '../instrumentation.ts';

/** Tells the instrumentation in which phase an operation is: always in exactly one, without gaps. */
export class PhaseTrack {
  readonly #instrumentation: EventStoreInstrumentation;
  #end: PhaseEnd | undefined;

  constructor(instrumentation: EventStoreInstrumentation, first: EventStorePhase) {
    this.#instrumentation = instrumentation;
    this.#end = instrumentation.startPhase(first);
  }

  enter(phase: EventStorePhase): void {
    this.#end?.();
    this.#end = this.#instrumentation.startPhase(phase);
  }

  /** Between two batches of a replay the time is the caller's. */
  leave(): void {
    this.#end?.();
    this.#end = undefined;
  }
}
