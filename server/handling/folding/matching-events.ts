import type { EventFilter, FilterItem } from '../../eventstore/event-filter.ts';
import type { StorableEvent } from '../../eventstore/storable-event.ts';

/**
 * Tells of new events whether a filter means one of them, as the database would; when in doubt it says yes. A filter's
 * sequence bound does not matter: new events lie above any.
 */
export function matcherOf(events: readonly StorableEvent[]): (filter: EventFilter) => boolean {
  const appended = events.map((event) => ({ event, fields: fieldsWhenNeeded(event) }));
  return (filter) => appended.some((each) => matches(filter, each));
}

interface Appended {
  readonly event: StorableEvent;
  /** The payload's top level; undefined if it cannot be read. */
  readonly fields: () => object | undefined;
}

function matches(filter: EventFilter, appended: Appended): boolean {
  if (filter.hasTimeBounds && !isWithinTime(filter, appended.event.occurredAt)) return false;
  return filter.items.length === 0 || filter.items.some((item) => matchesItem(item, appended));
}

function isWithinTime({ occurredFrom, occurredUntil }: EventFilter, occurredAt: Date): boolean {
  return (
    (occurredFrom === undefined || occurredAt >= occurredFrom) &&
    (occurredUntil === undefined || occurredAt <= occurredUntil)
  );
}

function matchesItem({ eventTypes, predicates, predicateMode }: FilterItem, { event, fields }: Appended) {
  if (eventTypes.length > 0 && !eventTypes.includes(event.eventType)) return false;
  if (predicates.length === 0) return true;
  const payload = fields();
  if (payload === undefined) return true;
  const holds = ({ key, value }: { readonly key: string; readonly value: string }) =>
    Object.hasOwn(payload, key) && Reflect.get(payload, key) === value;
  return predicateMode === 'any' ? predicates.some(holds) : predicates.every(holds);
}

/** Parsed at most once, and only when a filter of the event's type looks into it. */
function fieldsWhenNeeded({ payload }: StorableEvent): () => object | undefined {
  let parsed: { readonly fields: object | undefined } | undefined;
  return () => {
    parsed ??= { fields: topLevelOf(payload) };
    return parsed.fields;
  };
}

function topLevelOf(payload: string): object | undefined {
  try {
    const value: unknown = JSON.parse(payload);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // The database has taken it, so it may well match.
    return undefined;
  }
}
