import type { SafeSequenceNumber, StoredEvent } from '../../eventstore/storable-event.ts';
import { markOf } from './event-mark.ts';
import type { Folded, KeptState } from './kept-state.ts';

interface Waiting<Event> {
  readonly stored: StoredEvent;
  readonly event: Event;
}

interface RebuildOptions<State, Event> {
  /** Gets the state of the settled events. */
  readonly kept: KeptState<State>;
  readonly initialState: State;
  readonly project: (state: State, events: readonly Event[]) => State;
  readonly maxWaiting?: number;
}

/**
 * Events that wait until it is known whether one can still appear below them. In a process that has appended nothing itself
 * that is known at the end only, and the last events are the only ones in doubt.
 */
const mostWaiting = 20_000;

/**
 * The whole history folded batch by batch, so that the state of the settled events can be kept and that of all can
 * be answered from. Memory holds one state and the last batches. Older events are folded before it is known whether they
 * are settled; if it turns out that they were not, an append has been under way for long, and what is kept is the state
 * from before them, if there was one.
 */
export class Rebuild<State, Event> {
  readonly #kept: KeptState<State>;
  readonly #project: (state: State, events: readonly Event[]) => State;
  readonly #maxWaiting: number;
  #state: State;
  #last: StoredEvent | undefined;
  #count = 0;
  #waiting: Waiting<Event>[] = [];
  /** Up to which number events are folded that were not settled then. */
  #unproven = 0;
  #beforeUnproven: { readonly folded: Folded<State>; readonly count: number } | undefined;
  #reached: SafeSequenceNumber;

  /** @param maxWaiting how many events may wait */
  constructor({ kept, initialState, project, maxWaiting = mostWaiting }: RebuildOptions<State, Event>) {
    this.#kept = kept;
    this.#project = project;
    this.#state = initialState;
    this.#maxWaiting = maxWaiting;
    this.#reached = kept.sequenceNumber;
  }

  /** @param reached how far the events so far are settled */
  add(stored: readonly StoredEvent[], events: readonly Event[], reached: SafeSequenceNumber): void {
    this.#reached = reached;
    const last = stored.at(-1);
    if (last === undefined) return;
    if (this.#waiting.length === 0 && last.sequenceNumber <= reached) {
      this.#fold(events, last);
      return;
    }
    for (const [at, event] of events.entries()) {
      const storedEvent = stored[at];
      if (storedEvent) this.#waiting.push({ stored: storedEvent, event });
    }
    this.#foldSettled();
    this.#foldOverflow();
  }

  /** Puts what is settled into the kept state, and gives the state of all events. */
  finish(reached: SafeSequenceNumber): State {
    this.#reached = reached;
    this.#foldSettled();
    const rest = this.#waiting.map(({ event }) => event);
    const isExact = this.#unproven <= reached;
    if (!isExact && this.#beforeUnproven) {
      this.#kept.replace(this.#beforeUnproven.folded, this.#beforeUnproven.count);
    }
    const answered = isExact && rest.length > 0 ? this.#kept.copyOf(this.#state) : this.#state;
    if (isExact) this.#kept.replace(this.#folded(), this.#count);
    return rest.length > 0 ? this.#project(answered, rest) : answered;
  }

  #foldSettled(): void {
    const count = this.#waiting.findIndex(({ stored }) => stored.sequenceNumber > this.#reached);
    this.#foldFirst(count === -1 ? this.#waiting.length : count);
  }

  #foldOverflow(): void {
    const count = this.#waiting.length - this.#maxWaiting;
    if (count <= 0) return;
    if (this.#unproven <= this.#reached) {
      this.#beforeUnproven = this.#last && {
        folded: { ...this.#folded(), state: this.#kept.copyOf(this.#state) },
        count: this.#count,
      };
    }
    this.#foldFirst(count);
    this.#unproven = this.#last?.sequenceNumber ?? 0;
  }

  #foldFirst(count: number): void {
    const first = this.#waiting.splice(0, count);
    const last = first.at(-1)?.stored;
    if (last === undefined) return;
    this.#fold(
      first.map(({ event }) => event),
      last,
    );
  }

  #fold(events: readonly Event[], last: StoredEvent): void {
    this.#state = this.#project(this.#state, events);
    this.#last = last;
    this.#count += events.length;
  }

  #folded(): Folded<State> {
    const last = this.#last && markOf(this.#last);
    return { state: this.#state, sequenceNumber: this.#reached, last };
  }
}
