import { ConcurrencyConflictError, OperationCanceledError } from '../../server/eventstore/errors.ts';
import type { EventFilter, FilterItem } from '../../server/eventstore/event-filter.ts';
import type { EventStore, Position } from '../../server/eventstore/event-store.ts';
import type { SequenceNumber, StoredEvent } from '../../server/eventstore/storable-event.ts';

/** The event store as one would explain it: a list, a loop, and a position that counts what was there. */
export function referenceEventStore(): EventStore {
  const stored: StoredEvent[] = [];
  const query: EventStore['query'] = async (filter, options) => {
    refuseAborted(options?.signal);
    const events = stored.filter((event) => matches(filter, event));
    return { events, maxSequenceNumber: last(events), position: String(stored.length) as Position };
  };
  return {
    query,
    append: async (filter, position, events, options) => {
      refuseAborted(options?.signal);
      if (events.length === 0) return { maxSequenceNumber: 0 as SequenceNumber, position };
      const unseen = stored.slice(Number(position));
      if (unseen.some((event) => matches(filter, event))) throw new ConcurrencyConflictError();
      for (const event of events) {
        stored.push({ ...event, sequenceNumber: (stored.length + 1) as SequenceNumber });
      }
      return { maxSequenceNumber: last(stored), position: String(stored.length) as Position };
    },
    async *replay(filter, options = {}) {
      const { events } = await query(filter, options);
      const size = options.batchSize ?? 1000;
      for (let start = 0; start < events.length; start += size) {
        refuseAborted(options.signal);
        yield events.slice(start, start + size);
      }
    },
    close: async () => undefined,
  };
}

export function matches(filter: EventFilter, event: StoredEvent): boolean {
  const { occurredFrom, occurredUntil, sequenceNumberHigherThan, items } = filter;
  if (event.sequenceNumber <= sequenceNumberHigherThan) return false;
  if (occurredFrom && event.occurredAt < occurredFrom) return false;
  if (occurredUntil && event.occurredAt > occurredUntil) return false;
  return items.length === 0 || items.some((item) => matchesItem(item, event));
}

function matchesItem({ eventTypes, predicates, predicateMode }: FilterItem, event: StoredEvent): boolean {
  if (eventTypes.length > 0 && !eventTypes.includes(event.eventType)) return false;
  if (predicates.length === 0) return true;
  const payload = new Map<string, unknown>(Object.entries(JSON.parse(event.payload)));
  const holds = ({ key, value }: { key: string; value: string }) => payload.get(key) === value;
  return predicateMode === 'any' ? predicates.some(holds) : predicates.every(holds);
}

function last(events: readonly StoredEvent[]): SequenceNumber {
  return events.at(-1)?.sequenceNumber ?? (0 as SequenceNumber);
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new OperationCanceledError({ cause: signal.reason });
}
