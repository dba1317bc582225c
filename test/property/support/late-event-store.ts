import type { EventFilter } from '../../../server/eventstore/event-filter.ts';
import type {
  QueryResult,
  ReadOptions,
  Replay,
  ReplayOptions,
} from '../../../server/eventstore/event-store.ts';
import type { SafeSequenceNumber, StoredEvent } from '../../../server/eventstore/storable-event.ts';
import { InMemoryEventStore } from '../../contract/in-memory-event-store.ts';

/**
 * The reference event store with appends under way: an event can have its number long before readers see it. Reads take
 * the turns of the event loop that they are told to.
 */
export class LateEventStore extends InMemoryEventStore {
  readonly #underWay = new Set<number>();
  /** Waits before a read looks, and before its result arrives. */
  pause: () => Promise<void> = async () => undefined;

  storeLate(eventType: string, payload: object): void {
    this.store(eventType, payload);
    this.#underWay.add(this.events.length);
  }

  /** @param choice which of the appends under way, from 0 */
  commit(choice: number): void {
    const numbers = [...this.#underWay];
    const number = numbers[choice % numbers.length];
    if (number !== undefined) this.#underWay.delete(number);
  }

  commitAll(): void {
    this.#underWay.clear();
  }

  get visible(): readonly StoredEvent[] {
    return this.events.filter(({ sequenceNumber }) => !this.#underWay.has(sequenceNumber));
  }

  override async query(filter: EventFilter, options: ReadOptions = {}): Promise<QueryResult> {
    await this.pause();
    const result = await super.query(filter, options);
    const events = result.events.filter(({ sequenceNumber }) => !this.#underWay.has(sequenceNumber));
    const maxSequenceNumber = this.#settled(filter, events);
    await this.pause();
    return { ...result, events, maxSequenceNumber };
  }

  override replay(filter: EventFilter, options: ReplayOptions = {}): Replay {
    const { batchSize = 1_000, ...readOptions } = options;
    const read = () => this.query(filter, readOptions);
    let maxSequenceNumber = filter.sequenceNumberHigherThan as SafeSequenceNumber;
    const pause = () => this.pause();
    return {
      get maxSequenceNumber() {
        return maxSequenceNumber;
      },
      async *[Symbol.asyncIterator]() {
        const all = await read();
        for (let start = 0; start < all.events.length; start += batchSize) {
          yield all.events.slice(start, start + batchSize);
          await pause();
        }
        // As in a process that has appended nothing itself: known at the end only.
        maxSequenceNumber = all.maxSequenceNumber;
      },
    };
  }

  #settled(filter: EventFilter, events: readonly StoredEvent[]): SafeSequenceNumber {
    const firstUnderWay = Math.min(...this.#underWay);
    const last = events.at(-1)?.sequenceNumber ?? 0;
    return Math.max(filter.sequenceNumberHigherThan, Math.min(last, firstUnderWay - 1)) as SafeSequenceNumber;
  }
}
