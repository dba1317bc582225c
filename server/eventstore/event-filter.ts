import { createHash } from 'node:crypto';
import { InvalidFilterError } from './errors.ts';
import type { Predicate } from './predicate.ts';
import type { SequenceNumber } from './storable-event.ts';

/** Alternatives are OR; within one, the event's type and the predicates must both match. */
export interface FilterItem {
  /** Sorted, without duplicates; empty means any type. */
  readonly eventTypes: readonly string[];
  /** Sorted by key, then value, without duplicates; empty means any payload. */
  readonly predicates: readonly Predicate[];
  /** Whether one predicate is enough or all must hold; `any` when there are fewer than two. */
  readonly predicateMode: 'any' | 'all';
}

/** Time bounds include their ends; a sequence bound excludes its number. Never both kinds. */
export interface FilterBounds {
  readonly occurredFrom?: Date;
  readonly occurredUntil?: Date;
  /** 0 stands for no bound. */
  readonly sequenceNumberHigherThan?: SequenceNumber;
}

/** Adds a sequence bound to a finished filter: what an incremental read needs. */
export interface ReopenedFilter {
  withSequenceNumberHigherThan(sequenceNumber: number): EventFilter;
}

/**
 * Which events are meant. Immutable; made by `buildEventFilter()`, which gives it sanitised items.
 * Without items it matches any event within its bounds.
 */
export class EventFilter {
  readonly items: readonly FilterItem[];
  readonly sequenceNumberHigherThan: SequenceNumber;
  // Milliseconds, because a Date handed out could be changed by whoever got it.
  readonly #from: number | undefined;
  readonly #until: number | undefined;
  #hash: string | undefined;
  #derived: unknown;
  #derivedBy: unknown;

  /** @param items sanitised, as the builder leaves them */
  constructor(items: readonly FilterItem[], bounds: FilterBounds) {
    refuseMixedBounds(bounds);
    this.items = Object.freeze([...items]);
    this.sequenceNumberHigherThan = bounds.sequenceNumberHigherThan ?? noSequenceBound;
    this.#from = bounds.occurredFrom?.getTime();
    this.#until = bounds.occurredUntil?.getTime();
    Object.freeze(this);
  }

  get occurredFrom(): Date | undefined {
    return this.#from === undefined ? undefined : new Date(this.#from);
  }

  get occurredUntil(): Date | undefined {
    return this.#until === undefined ? undefined : new Date(this.#until);
  }

  get hasTimeBounds(): boolean {
    return this.#from !== undefined || this.#until !== undefined;
  }

  /** What an engine makes of the filter, made once and kept with it, as filters never change. @param make always the same */
  derived<T>(make: (filter: EventFilter) => T): T {
    if (this.#derivedBy !== make) {
      this.#derived = make(this);
      this.#derivedBy = make;
    }
    // What this function made.
    return this.#derived as T;
  }

  /** `sha256:…` of the filter's canonical JSON: equal for equal filters, in whatever order they were built. */
  hash(): string {
    this.#hash ??= `sha256:${createHash('sha256').update(this.#canonicalJson()).digest('hex')}`;
    return this.#hash;
  }

  /** The same events without the sequence bound: what snapshots are kept for. */
  withoutSequenceBound(): EventFilter {
    if (this.sequenceNumberHigherThan === noSequenceBound) return this;
    return new EventFilter(this.items, {});
  }

  /** @throws InvalidFilterError when the filter has time bounds */
  reopenForSequenceFiltering(): ReopenedFilter {
    if (this.hasTimeBounds) throw mixedBounds();
    return {
      withSequenceNumberHigherThan: (sequenceNumber) =>
        new EventFilter(this.items, { sequenceNumberHigherThan: toSequenceBound(sequenceNumber) }),
    };
  }

  // Only arrays in a fixed order and JSON's own quoting: no separator inside a name or value can imitate another filter.
  #canonicalJson(): string {
    const items = this.items.map((item) => [
      item.eventTypes,
      item.predicateMode,
      item.predicates.map(({ key, value }) => [key, value]),
    ]);
    return JSON.stringify([items, this.#from ?? null, this.#until ?? null, this.sequenceNumberHigherThan]);
  }
}

/** @throws InvalidFilterError unless it is a whole number from 0 to 2^53 − 1 */
export function toSequenceBound(sequenceNumber: number): SequenceNumber {
  if (!Number.isSafeInteger(sequenceNumber) || sequenceNumber < 0) {
    const given = typeof sequenceNumber === 'number' ? sequenceNumber : `of type ${typeof sequenceNumber}`;
    throw new InvalidFilterError(`The sequence number ${given} cannot bound a filter.`, {
      advice: 'Give a whole number from 0 (no bound) to 9007199254740991.',
      field: 'sequenceNumberHigherThan',
    });
  }
  return (sequenceNumber === 0 ? 0 : sequenceNumber) as SequenceNumber; // also turns -0 into 0
}

const noSequenceBound = toSequenceBound(0);

/** @throws InvalidFilterError when there are both time bounds and a sequence bound other than 0 */
export function refuseMixedBounds(bounds: FilterBounds): void {
  const { occurredFrom, occurredUntil, sequenceNumberHigherThan = noSequenceBound } = bounds;
  if ((occurredFrom || occurredUntil) && sequenceNumberHigherThan !== noSequenceBound) throw mixedBounds();
}

function mixedBounds(): InvalidFilterError {
  return new InvalidFilterError('A filter cannot have both time bounds and a sequence number bound.', {
    advice: 'Continue by sequence number on a filter without time bounds.',
    field: 'sequenceNumberHigherThan',
  });
}
