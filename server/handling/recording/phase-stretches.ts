import type { Phase, PhaseSpan } from './operation-record.ts';

/** A phase that was entered; `ended` once it was left. */
export interface EnteredPhase {
  readonly phase: Phase;
  ended: boolean;
}

/**
 * The phases of one operation as stretches that never overlap: entering a phase interrupts the one before, leaving
 * it resumes the innermost that is still open. Branches of an operation that wait at the same time may leave in any
 * order; time always belongs to the phase entered last. Stretches without duration are left out.
 */
export class PhaseStretches {
  readonly spans: PhaseSpan[] = [];
  readonly #open: EnteredPhase[] = [];
  #stretchStart = 0;

  enter(phase: Phase, now: number): EnteredPhase {
    this.#cut(now);
    const entered = { phase, ended: false };
    this.#open.push(entered);
    return entered;
  }

  /** Leaving a phase twice has no effect. */
  leave(entered: EnteredPhase, now: number): void {
    if (entered.ended) return;
    if (this.#open.at(-1) === entered) this.#cut(now);
    entered.ended = true;
    while (this.#open.at(-1)?.ended) this.#open.pop();
  }

  /** Ends every phase that is still open, as at the end of the operation. */
  leaveAll(now: number): void {
    this.#cut(now);
    for (const entered of this.#open) entered.ended = true;
    this.#open.length = 0;
  }

  #cut(now: number): void {
    const innermost = this.#open.at(-1);
    const durationMicros = now - this.#stretchStart;
    if (innermost !== undefined && durationMicros > 0) {
      this.spans.push({ phase: innermost.phase, startMicros: this.#stretchStart, durationMicros });
    }
    this.#stretchStart = now;
  }
}
