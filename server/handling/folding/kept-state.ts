import type { EventFilter } from '../../eventstore/event-filter.ts';
import type { SafeSequenceNumber, SequenceNumber, StoredEvent } from '../../eventstore/storable-event.ts';
import { type EventMark, isMarked, markOf } from './event-mark.ts';

/** A state with every event of its filter up to a number, and none above. */
export interface Folded<State> {
  readonly state: State;
  readonly sequenceNumber: SafeSequenceNumber;
  /** The last event in it; undefined for a state without events. */
  readonly last: EventMark | undefined;
}

/** What a read gave: the stored events, the same events as the domain reads them, and how far the read is settled. */
export interface ReadEvents<Event> {
  readonly stored: readonly StoredEvent[];
  readonly events: readonly Event[];
  readonly maxSequenceNumber: SafeSequenceNumber;
}

// Numbers start at 1: there is no event that could appear up to this one.
const beforeTheFirst = 0 as SafeSequenceNumber;

type Project<State, Event> = (state: State, events: readonly Event[]) => State;

interface Ahead<State> {
  state: State;
  /** Of the events that it holds and the kept state does not. */
  numbers: readonly SequenceNumber[];
}

/**
 * A state that outlives the operations which bring it up to date. It holds exactly the events up to a safe number, so it
 * may be saved at any time; an answer needs the visible events above that number as well. These are folded into a second
 * state that runs ahead: copying the first for each answer would take 10 ms for 60,000 entries, and folding every
 * event twice next to nothing. Only when an event appears below others that were folded is it copied anew.
 *
 * Everything that changes it is synchronous, so operations may share it without waiting for each other: whoever comes
 * back with events that it holds already folds what is left.
 */
export class KeptState<State> {
  readonly #copy: (state: State) => State;
  #folded: Folded<State>;
  #ahead: Ahead<State> | undefined;
  #fault: { readonly cause: unknown } | undefined;
  #settledEvents = 0;

  /** @param copy gives a state that can be changed without changing the given one */
  constructor(folded: Folded<State>, copy: (state: State) => State) {
    this.#folded = folded;
    this.#copy = copy;
  }

  /** A state without events, to be brought up to date from the whole history. */
  static empty<State>(initialState: State, copy: (state: State) => State): KeptState<State> {
    return new KeptState({ state: initialState, sequenceNumber: beforeTheFirst, last: undefined }, copy);
  }

  get folded(): Folded<State> {
    this.#throwIfBroken();
    return this.#folded;
  }

  get sequenceNumber(): SafeSequenceNumber {
    return this.#folded.sequenceNumber;
  }

  /** Whether it holds no event: then the whole history is to be read. */
  get isEmpty(): boolean {
    return this.#folded.last === undefined;
  }

  /** How many events it has taken in for good since it was made: each once, however often it was read unsettled before. */
  get settledEvents(): number {
    return this.#settledEvents;
  }

  /** Whether folding failed in the middle: then it is no state of anything. */
  get isBroken(): boolean {
    return this.#fault !== undefined;
  }

  /** The last event with all that came after it: whether it is still there tells whether this is the same history. */
  unread(filter: EventFilter): EventFilter {
    const { last } = this.#folded;
    if (last === undefined) return filter;
    return filter.reopenForSequenceFiltering().withSequenceNumberHigherThan(last.sequenceNumber - 1);
  }

  /** Whether what `unread` asked for begins as it must. @param last of this state, when it was asked for */
  static continues(last: EventMark | undefined, stored: readonly StoredEvent[]): boolean {
    return last === undefined || (stored[0] !== undefined && isMarked(stored[0], last));
  }

  copyOf(state: State): State {
    return this.#copy(state);
  }

  /**
   * Takes the place of the state, unless that is further.
   * @param settledEvents how many events it holds
   */
  replace(folded: Folded<State>, settledEvents: number): void {
    if (folded.last === undefined || folded.sequenceNumber <= this.#folded.sequenceNumber) return;
    this.#folded = folded;
    this.#settledEvents = settledEvents;
    this.#ahead = undefined;
    this.#fault = undefined;
  }

  /**
   * Folds what was read, and gives the state of all of it. That state changes with the next read: answer from it at once.
   * @throws what `project` throws; the state is broken then
   */
  advance<Event>(read: ReadEvents<Event>, project: Project<State, Event>): State {
    this.#throwIfBroken();
    const { stored, events, maxSequenceNumber } = read;
    const before = this.#folded.sequenceNumber;
    // Not up to its number: should the store have lost events and given their numbers again, they belong to the tail.
    const held = this.#folded.last?.sequenceNumber ?? before;
    const number = maxSequenceNumber > before ? maxSequenceNumber : before;
    const from = countUpTo(stored, held);
    const settled = countUpTo(stored, number);
    try {
      const lastStored = stored[settled - 1];
      if (settled > from && lastStored !== undefined) {
        const state = project(this.#folded.state, events.slice(from, settled));
        this.#folded = { state, sequenceNumber: number, last: markOf(lastStored) };
        this.#settledEvents += settled - from;
      } else if (this.#folded.last !== undefined && number > before) {
        // Not without events: nothing would tell whether the number is still true. Then it is read from the first.
        this.#folded = { ...this.#folded, sequenceNumber: number };
      }
      this.#goAhead({ stored, events, from, settled }, project);
    } catch (cause) {
      this.#fault = { cause };
      throw cause;
    }
    return this.#ahead !== undefined && this.#ahead.numbers.length > 0
      ? this.#ahead.state
      : this.#folded.state;
  }

  #goAhead<Event>(
    { stored, events, from, settled }: Omit<ReadEvents<Event>, 'maxSequenceNumber'> & Split,
    project: Project<State, Event>,
  ): void {
    const shared = this.#ahead && sharedBeginning(this.#ahead.numbers, stored, from);
    if (this.#ahead !== undefined && shared !== undefined) {
      const { sequenceNumber } = this.#folded;
      const added = stored.slice(from + shared);
      if (added.length > 0) this.#ahead.state = project(this.#ahead.state, events.slice(from + shared));
      this.#ahead.numbers = [...this.#ahead.numbers, ...added.map((event) => event.sequenceNumber)].filter(
        (number) => number > sequenceNumber,
      );
      return;
    }
    this.#ahead = undefined;
    if (settled === stored.length) return;
    const state = project(this.#copy(this.#folded.state), events.slice(settled));
    this.#ahead = { state, numbers: stored.slice(settled).map(({ sequenceNumber }) => sequenceNumber) };
  }

  #throwIfBroken(): void {
    if (this.#fault) throw this.#fault.cause;
  }
}

interface Split {
  /** Index of the first event that the state did not hold. */
  readonly from: number;
  /** Index of the first event that is not settled. */
  readonly settled: number;
}

/** How many of the numbers were read again, if these are the first or all that were read; else undefined. */
function sharedBeginning(
  numbers: readonly SequenceNumber[],
  stored: readonly StoredEvent[],
  from: number,
): number | undefined {
  const shared = Math.min(numbers.length, stored.length - from);
  for (let at = 0; at < shared; at += 1) {
    if (numbers[at] !== stored[from + at]?.sequenceNumber) return undefined;
  }
  return shared;
}

function countUpTo(stored: readonly StoredEvent[], number: SequenceNumber): number {
  let [low, high] = [0, stored.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stored[middle]?.sequenceNumber ?? 0) <= number) low = middle + 1;
    else high = middle;
  }
  return low;
}
