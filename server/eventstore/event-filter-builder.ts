import { InvalidFilterError } from './errors.ts';
import {
  EventFilter,
  type FilterBounds,
  type FilterItem,
  refuseMixedBounds,
  toSequenceBound,
} from './event-filter.ts';
import { sanitizedItem } from './filter-item.ts';
import type { Predicate } from './predicate.ts';

export type AtLeastOne<T> = readonly [T, ...T[]];

/** Whether a sequence bound was set: then neither a second one nor time bounds can be added. */
type BoundState = 'open' | 'sequence';

/** Nothing said yet. */
export interface EmptyFilter extends TimeBoundable {
  matching(): EmptyItem<'open'>;
  matchingAnyEvent(): EventFilter;
  withSequenceNumberHigherThan(sequenceNumber: number): SequenceBoundFilter;
}

/** Only a sequence bound so far. */
export interface SequenceBoundFilter extends Finalizable {
  matching(): EmptyItem<'sequence'>;
}

/** An item that has been opened and must get its first condition. */
export interface EmptyItem<B extends BoundState> {
  anyEventTypeOf(...eventTypes: AtLeastOne<string>): ItemWithTypes<B>;
  anyPredicateOf(...predicates: AtLeastOne<Predicate>): ItemWithPredicates<B>;
  allPredicatesOf(...predicates: AtLeastOne<Predicate>): ItemWithPredicates<B>;
}

export type ItemWithTypes<B extends BoundState> = CompleteItem<B> & {
  andAnyPredicateOf(...predicates: AtLeastOne<Predicate>): CompleteItem<B>;
  andAllPredicatesOf(...predicates: AtLeastOne<Predicate>): CompleteItem<B>;
};

export type ItemWithPredicates<B extends BoundState> = CompleteItem<B> & {
  andAnyEventTypeOf(...eventTypes: AtLeastOne<string>): CompleteItem<B>;
};

/** An item that needs nothing more; with a sequence bound set before, only another item or the end can follow. */
export type CompleteItem<B extends BoundState> = { orMatching(): EmptyItem<B> } & (B extends 'open'
  ? Boundable
  : Finalizable);

interface Boundable extends Finalizable, TimeBoundable {
  withSequenceNumberHigherThan(sequenceNumber: number): Finalizable;
}

interface TimeBoundable {
  /** Including that moment. */
  occurredFrom(date: Date): FilterWithStart;
  /** Including that moment. */
  occurredUntil(date: Date): Finalizable;
}

export interface FilterWithStart extends Finalizable {
  andOccurredUntil(date: Date): Finalizable;
}

export interface Finalizable {
  /** @throws InvalidFilterError when an item says nothing after empty strings were dropped */
  finalize(): EventFilter;
}

/**
 * Starts a filter. Every method returns the state that follows as a type, so only sentences that make sense compile;
 * each state can be kept and continued in several ways.
 */
export function buildEventFilter(): EmptyFilter {
  return new FilterBuilder(undefined, {});
}

// One class stands behind all states; it checks at run time what callers without types could get wrong.
class FilterBuilder {
  readonly #items: ItemList | undefined;
  readonly #bounds: FilterBounds;

  constructor(items: ItemList | undefined, bounds: FilterBounds) {
    this.#items = items;
    this.#bounds = bounds;
  }

  matching(): FilterBuilder {
    return new FilterBuilder({ last: openItem, before: this.#items }, this.#bounds);
  }

  orMatching(): FilterBuilder {
    return this.matching();
  }

  matchingAnyEvent(): EventFilter {
    if (this.#saysSomething) {
      throw new InvalidFilterError('matchingAnyEvent() would drop what the filter has said before.', {
        advice: 'Use it alone, or leave it out and finalize() the filter.',
      });
    }
    return new EventFilter([], {});
  }

  anyEventTypeOf(...eventTypes: readonly string[]): FilterBuilder {
    return this.#extendItem({ eventTypes });
  }

  andAnyEventTypeOf(...eventTypes: readonly string[]): FilterBuilder {
    return this.#extendItem({ eventTypes });
  }

  anyPredicateOf(...predicates: readonly Predicate[]): FilterBuilder {
    return this.#extendItem({ predicates, predicateMode: 'any' });
  }

  andAnyPredicateOf(...predicates: readonly Predicate[]): FilterBuilder {
    return this.#extendItem({ predicates, predicateMode: 'any' });
  }

  allPredicatesOf(...predicates: readonly Predicate[]): FilterBuilder {
    return this.#extendItem({ predicates, predicateMode: 'all' });
  }

  andAllPredicatesOf(...predicates: readonly Predicate[]): FilterBuilder {
    return this.#extendItem({ predicates, predicateMode: 'all' });
  }

  occurredFrom(date: Date): FilterBuilder {
    return this.#bound({ occurredFrom: validDate(date, 'occurredFrom') });
  }

  occurredUntil(date: Date): FilterBuilder {
    return this.#bound({ occurredUntil: validDate(date, 'occurredUntil') });
  }

  andOccurredUntil(date: Date): FilterBuilder {
    return this.occurredUntil(date);
  }

  withSequenceNumberHigherThan(sequenceNumber: number): FilterBuilder {
    return this.#bound({ sequenceNumberHigherThan: toSequenceBound(sequenceNumber) });
  }

  finalize(): EventFilter {
    if (!this.#saysSomething) {
      throw new InvalidFilterError('The filter does not say which events it matches.', {
        advice: 'Begin with matching(), or use matchingAnyEvent() when any event is meant.',
      });
    }
    const { occurredFrom, occurredUntil } = this.#bounds;
    if (occurredFrom && occurredUntil && occurredFrom > occurredUntil) {
      throw new InvalidFilterError('The time bounds of the filter end before they begin.', {
        advice: 'Give an end that is not earlier than the beginning.',
        field: 'occurredUntil',
      });
    }
    return new EventFilter(distinctSorted(itemsOf(this.#items)), this.#bounds);
  }

  get #saysSomething(): boolean {
    return this.#items !== undefined || Object.keys(this.#bounds).length > 0;
  }

  #extendItem(conditions: Partial<FilterItem>): FilterBuilder {
    const { last, before } = this.#items ?? { last: openItem, before: undefined };
    refuseSecondList(last, conditions);
    return new FilterBuilder({ last: sanitizedItem(last, conditions), before }, this.#bounds);
  }

  #bound(bound: FilterBounds): FilterBuilder {
    const [field = ''] = Object.keys(bound);
    if (field in this.#bounds) {
      throw new InvalidFilterError(`The filter has the bound ${field} already.`, {
        advice: 'Give each bound once.',
        field,
      });
    }
    const bounds = { ...this.#bounds, ...bound };
    refuseMixedBounds(bounds);
    return new FilterBuilder(this.#items, bounds);
  }
}

/** From the last item back: what was said before is shared, as copying it for each word made 33,000 items take half a minute. */
interface ItemList {
  readonly last: FilterItem;
  readonly before: ItemList | undefined;
}

function itemsOf(list: ItemList | undefined): readonly FilterItem[] {
  const items: FilterItem[] = [];
  for (let rest = list; rest !== undefined; rest = rest.before) items.push(rest.last);
  return items.reverse();
}

const openItem: FilterItem = { eventTypes: [], predicates: [], predicateMode: 'any' };

function refuseSecondList(item: FilterItem, conditions: Partial<FilterItem>): void {
  for (const field of ['eventTypes', 'predicates'] as const) {
    if (!conditions[field] || item[field].length === 0) continue;
    throw new InvalidFilterError(`An item of the filter has its ${field} already.`, {
      advice: 'Give all of them in one list, or begin another item with orMatching().',
      field,
    });
  }
}

/** In the order that a finished filter has them, each once. */
export function distinctSorted(items: readonly FilterItem[]): readonly FilterItem[] {
  const byText = new Map(items.map((item) => [JSON.stringify(item), item]));
  if (items.includes(openItem)) {
    throw new InvalidFilterError('An item of the filter names neither an event type nor a predicate.', {
      advice: 'Name at least one, or use matchingAnyEvent().',
    });
  }
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

// The range that both JavaScript's Date and PostgreSQL's timestamptz can hold: 4714 BC is PostgreSQL's earliest.
const earliest = Date.UTC(-4712, 0, 1);

function validDate(date: Date, field: string): Date {
  // Callers without types give texts and numbers, too.
  const time = date instanceof Date ? date.getTime() : Number.NaN;
  if (Number.isNaN(time) || time < earliest) {
    throw new InvalidFilterError(`The bound ${field} is not a date that events can have.`, {
      advice: 'Give a valid Date from 4713 BC on.',
      field,
    });
  }
  return new Date(time);
}
