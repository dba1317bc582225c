import assert from 'node:assert/strict';
import type pg from 'pg';
import { buildEventFilter } from '../../../server/eventstore/event-filter-builder.ts';
import { type EventStore, emptyPosition, type Position } from '../../../server/eventstore/event-store.ts';
import { p } from '../../../server/eventstore/predicate.ts';
import { createRandom, type Random } from '../../../server/lib/random.ts';
import { event } from '../../contract/event-store-fixture.ts';

/** How many follow their own boundary at the same time. */
export const writers = 16;

export interface Writing {
  readonly seed: number;
  readonly appendsEach: number;
  /** How likely an append fails after its insert; 0 when it is left out. */
  readonly failing?: number;
}

/** Whether the writers of one store are still at work. */
export interface Writers {
  readonly areWriting: boolean;
  readonly ended: Promise<unknown>;
}

/**
 * From now on each append takes its numbers and then waits for 0 to 8 ms, each for another time: numbers become visible
 * in another order than they were taken. Events of the type `Failing` fail after that.
 */
export async function slowAppendsDown(pool: pg.Pool): Promise<void> {
  await pool.query(`
    CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_sleep(random() * 0.008);
        IF NEW.event_type = 'Failing' THEN RAISE 'this one fails'; END IF;
        RETURN NULL;
      END $$;
    CREATE TRIGGER dawdle AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION dawdle()`);
}

/** Appends of 1 to 4 events, whose `n` counts on for each writer. */
export function startWriters(store: EventStore, writing: Writing): Writers {
  const all = Array.from({ length: writers }, (_, writer) => write(store, writer, writing));
  const state = { areWriting: true };
  const ended = Promise.all(all).finally(() => {
    state.areWriting = false;
  });
  // Followers look at the flag only; whoever started the writers waits for their end.
  ended.catch(() => undefined);
  return Object.assign(state, { ended });
}

/** Each appends within the boundary of itself alone. */
export function ofWriters(first: number, ...others: readonly number[]) {
  const named = (writer: number) => p('Writer', String(writer));
  return buildEventFilter()
    .matching()
    .anyPredicateOf(named(first), ...others.map(named))
    .finalize();
}

async function write(store: EventStore, writer: number, { seed, appendsEach, failing = 0 }: Writing) {
  const random = createRandom(seed, writer);
  let position = emptyPosition;
  let n = 0;
  for (let append = 0; append < appendsEach; append++) {
    if (random.chance(failing)) {
      await failToAppend(store, writer, { position, random });
      continue;
    }
    const batch = Array.from({ length: random.pick([1, 1, 2, 4]) }, () => written(writer, n++));
    ({ position } = await store.append(ofWriters(writer), position, batch));
  }
}

/** By an error in the database, by being cut off, or by a boundary that is not empty. */
async function failToAppend(
  store: EventStore,
  writer: number,
  { position, random }: { readonly position: Position; readonly random: Random },
): Promise<void> {
  const append = (type: string, options = {}, from = position) =>
    store.append(ofWriters(writer), from, [event(type, { Writer: String(writer) })], options);
  switch (random.below(3)) {
    case 0:
      return assert.rejects(append('Failing'), /this one fails/);
    case 1:
      return assert.rejects(append('Failing', { signal: AbortSignal.timeout(random.below(8)) }));
    default:
      return position === emptyPosition
        ? undefined
        : assert.rejects(append('Failing', {}, emptyPosition), { code: 'concurrency_conflict' });
  }
}

function written(writer: number, n: number) {
  return event(`Written${n % 3}`, { Writer: String(writer), n });
}
