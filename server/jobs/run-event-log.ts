import { randomBytes } from 'node:crypto';
import type { RunEvent } from '../protocol/run.ts';

/** A run event with the id under which a listener that lost its connection continues. */
export interface NumberedRunEvent {
  readonly id: string;
  readonly event: RunEvent;
}

interface Entry {
  readonly number: number;
  readonly event: RunEvent;
}

// A run of hours must not fill the server's memory: superseded progress is forgotten at once, logs beyond this many as they age.
const KEPT_EVENTS = 1000;

/**
 * The events of one run: what happened so far for those who come late, and what happens for those who wait.
 * Ids are opaque. They name this log's life as well: after a restart of the server an old id means "from the start".
 */
export class RunEventLog {
  readonly #life = randomBytes(4).toString('hex');
  #entries: Entry[] = [];
  #lastNumber = 0;
  #ended = false;
  readonly #listeners = new Set<() => void>();

  /** How many listen at this moment. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Appends an event. `done` ends the log; what comes after it is dropped. */
  append(event: RunEvent): void {
    if (this.#ended) return;
    if (event.type === 'progress') this.#forgetProgress(event.step);
    this.#lastNumber += 1;
    this.#entries.push({ number: this.#lastNumber, event });
    // Not the run's states: who comes late must know that it runs.
    if (this.#entries.length > KEPT_EVENTS) {
      this.#entries.splice(
        this.#entries.findIndex((entry) => entry.event.type !== 'state'),
        1,
      );
    }
    this.#ended = event.type === 'done';
    for (const wake of this.#listeners) wake();
  }

  /** Whether a listener that has seen `after` has seen everything, and nothing more will come. */
  hasNothingAfter(after: string | undefined): boolean {
    return this.#ended && this.#numberOf(after) >= this.#lastNumber;
  }

  /** The events after the one with the id `after` (all without one), then each new one, until `done` or the abort. */
  async *follow(after: string | undefined, signal: AbortSignal): AsyncGenerator<NumberedRunEvent> {
    let seen = this.#numberOf(after);
    let pause: PromiseWithResolvers<void> | undefined;
    const wake = () => pause?.resolve();
    this.#listeners.add(wake);
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted) {
        const next = this.#entries.find((entry) => entry.number > seen);
        if (next !== undefined) {
          seen = next.number;
          yield { id: `${this.#life}-${next.number}`, event: next.event };
        } else if (this.#ended) return;
        else {
          pause = Promise.withResolvers();
          await pause.promise;
        }
      }
    } finally {
      this.#listeners.delete(wake);
      signal.removeEventListener('abort', wake);
    }
  }

  /** The last progress, when it is of the same step: figures of this moment may have come since. */
  #forgetProgress(step: string): void {
    const index = this.#entries.findLastIndex(({ event }) => event.type !== 'metrics');
    const event = this.#entries[index]?.event;
    if (event?.type === 'progress' && event.step === step) this.#entries.splice(index, 1);
  }

  #numberOf(id: string | undefined): number {
    const [life, number] = id?.split('-') ?? [];
    return life === this.#life && number !== undefined ? Number.parseInt(number, 10) || 0 : 0;
  }
}
