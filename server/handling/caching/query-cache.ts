import { LRUCache } from 'lru-cache';
import type { EventFilter } from '../../eventstore/event-filter.ts';
import type { StorableEvent } from '../../eventstore/storable-event.ts';
import type { Clock } from '../../lib/clock.ts';
import { matcherOf } from '../folding/matching-events.ts';
import { InvalidSettingError } from '../retrying/invalid-setting-error.ts';
import type { SharedFlight } from './shared-flight.ts';

export interface CacheLimits {
  readonly ttlMs: number;
  readonly maxEntries: number;
}

interface Flying<Answer> {
  readonly key: string;
  readonly filter: EventFilter;
  readonly flight: SharedFlight<Answer>;
}

// 0.1 to 0.16 µs each, so at most half a millisecond for an append. Above, all is outdated at once.
const mostComparisons = 3_000;

/**
 * Answers for a short time, and the executions under way that will give the next ones. Everything here is synchronous:
 * between an append's news and its effect nobody can look.
 */
export class QueryCache<Answer> {
  readonly #entries: LRUCache<string, { readonly answer: Answer }>;
  /** Of the entries. Going through lru-cache itself takes ten times as long, for it asks the clock about each. */
  readonly #filters = new Map<string, EventFilter>();
  readonly #flights = new Map<string, Flying<Answer>>();

  constructor({ ttlMs, maxEntries, clock }: CacheLimits & { readonly clock: Clock }) {
    this.#entries = new LRUCache({
      max: maxEntries,
      ttl: ttlMs,
      // Answers can be large: they go when their time is over, not when somebody asks for them next.
      ttlAutopurge: true,
      ttlResolution: 0,
      // To lru-cache a start at 0 means that there is none.
      dispose: (_, key) => this.#filters.delete(key),
      perf: { now: () => clock.monotonicMicros() / 1e3 + 1 },
    });
  }

  get(key: string): Answer | undefined {
    return this.#entries.get(key)?.answer;
  }

  /** An execution that began after the last append which its filter means. */
  flightOf(key: string): SharedFlight<Answer> | undefined {
    const flight = this.#flights.get(key)?.flight;
    return flight?.isAbandoned ? undefined : flight;
  }

  /** Keeps what the execution answers, unless an append outdates it before. */
  fly(flying: Flying<Answer>): void {
    const { key, filter, flight } = flying;
    this.#flights.set(key, flying);
    const land = () => this.#flights.get(key) === flying && this.#flights.delete(key);
    flight.answer.then(
      (answer) => {
        if (!land()) return;
        this.#entries.set(key, { answer });
        this.#filters.set(key, filter);
      },
      // Whoever waits for the answer gets its fault.
      () => land(),
    );
  }

  /** Forgets what the events change, and stops the executions under way from being kept or joined. */
  outdate(events: readonly StorableEvent[]): void {
    if (this.#entries.size === 0 && this.#flights.size === 0) return;
    const comparisons = events.length * (this.#entries.size + this.#flights.size);
    const isOutdated = comparisons > mostComparisons ? () => true : matcherOf(events);
    for (const [key, filter] of this.#filters) {
      if (isOutdated(filter)) this.#entries.delete(key);
    }
    for (const [key, { filter }] of this.#flights) {
      if (isOutdated(filter)) this.#flights.delete(key);
    }
  }
}

/** @throws InvalidSettingError that names the limit */
export function validCacheLimits({ ttlMs, maxEntries }: CacheLimits): CacheLimits {
  refuseOutside('ttlMs', ttlMs, 3_600_000);
  refuseOutside('maxEntries', maxEntries, 1_000_000);
  return { ttlMs, maxEntries };
}

function refuseOutside(field: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new InvalidSettingError(
    `${field} of a cache must be a whole number from 1 to ${most}; ${value} was given.`,
    { advice: `Change ${field}, or leave it out. To cache nothing, leave caching out.`, field },
  );
}
