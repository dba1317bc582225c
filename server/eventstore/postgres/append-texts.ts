import { storeLife } from './position.ts';
import { functionName, sequenceName, type TableNames } from './table-names.ts';

/**
 * How an append looks for events within its boundary that the reader could not see. `usual`: the boundary is one item with
 * one object, as most are, and is compared in place. `first`: the same for a reader that has seen nothing, by the index.
 * `any`: whatever the boundary is.
 */
export type AppendCheck = 'usual' | 'first' | 'any';

/** The SQL texts of one kind of append. */
export interface AppendTexts {
  readonly check: AppendCheck;
  readonly isSingle: boolean;
}

/**
 * Takes the locks in the order in which they are given, the same for all appends, so that no two wait for each other. The
 * lowest bit of each says that it is exclusive and is not part of the key (`append-locks.ts`). Then leaves word for the next
 * statement that they are held: how far numbers are given out, which is told before the transaction has an id. One that has
 * its id already cannot tell what others took since.
 *
 * $1 the locks. Gives the isolation level: under a stricter one than `read committed` all statements share one snapshot,
 * taken before the locks, and the check would be blind.
 */
export function lockSql(tables: TableNames, plan: Planning): string {
  return lockSqlWith(
    plan,
    `CASE
      WHEN count(CASE WHEN lock & 1 = 1 THEN pg_advisory_xact_lock(lock & -2) IS NULL
        ELSE pg_advisory_xact_lock_shared(lock) IS NULL END) = 0 THEN ''
      ELSE ${floorNowSql(tables)} END`,
  );
}

/**
 * The same for several appends at once, without waiting for anybody: if a lock is held by another transaction, the
 * statements that follow store nothing. Gives in its second column `lockBusy` then.
 */
export function tryLockSql(tables: TableNames, plan: Planning): string {
  return lockSqlWith(
    plan,
    `CASE
      WHEN bool_and(CASE WHEN lock & 1 = 1 THEN pg_try_advisory_xact_lock(lock & -2)
        ELSE pg_try_advisory_xact_lock_shared(lock) END) THEN ${floorNowSql(tables)}
      ELSE '${lockBusy}' END`,
  );
}

/** What the statement for several appends leaves instead of a number. */
export const lockBusy = 'busy';

/** Whether the next statements are planned as PostgreSQL sees fit, or for a large table whatever the table is like now. */
export type Planning = 'as is' | 'for large';

function lockSqlWith(plan: Planning, floor: string): string {
  const settings = `,
    (SELECT set_config('plan_cache_mode', 'force_generic_plan', true)),
    (SELECT set_config('enable_seqscan', 'off', true))`;
  return `
  SELECT current_setting('transaction_isolation'), set_config('eventstore.floor', ${floor}, true)${plan === 'for large' ? settings : ''}
  FROM unnest($1::bigint[]) AS lock`;
}

function floorNowSql(tables: TableNames): string {
  return `CASE WHEN pg_current_xact_id_if_assigned() IS NULL
        THEN coalesce(pg_sequence_last_value('${sequenceName(tables)}'::regclass), 0)::text ELSE '0' END`;
}

/** A pooler that sends a SELECT elsewhere, or ends the transaction after it, would leave the append without its locks. */
function floorSql(tables: TableNames): string {
  return `CASE WHEN coalesce(current_setting('eventstore.floor', true), '') = ''
        THEN ${functionName(tables, 'refuse_unlocked')}() ELSE current_setting('eventstore.floor')::bigint END`;
}

/** What that function raises (migrations/0004). */
export const unlockedState = 'ES001';

/** PostgreSQL takes the first for the second. */
export const isolationLevels: readonly unknown[] = ['read uncommitted', 'read committed'];

/**
 * Checks and stores, in a statement of its own: it sees what was committed while the locks were waited for.
 *
 * $1 to $4 the events: type, milliseconds since 1970, payload, metadata, as arrays if there are several. Then the boundary:
 * for `any` the JSON that the function eventstore_matches takes, else the types or NULL, the object, and the value of its
 * first field. Then, unless it is `first`: the snapshot of the read, the transaction that the reader itself committed after
 * it, and the life of the store then; all NULL for a reader that has seen nothing.
 *
 * Gives one row: the number of the last event, the highest number that was given out before the transaction had its id, the
 * transaction, the snapshot, the life of the store if it was not given, and of several events how many were stored. No row, or
 * one of NULLs, when an event within the boundary exists that the reader had not seen; then nothing was stored.
 */
export function storeSql({ check, isSingle }: AppendTexts, tables: TableNames): string {
  const { events } = tables;
  const columns = 'event_type, occurred_at, payload, metadata, sequence_floor, transaction_id';
  const told = `pg_current_snapshot()::text, ${lifeSql[check](tables)}`;
  const begun = begunSql(check, tables);
  if (isSingle) {
    return `
  INSERT INTO "${events}" (${columns})
  SELECT $1::text, to_timestamp($2::float8 / 1000), $3::json, $4::json, floor_number, id FROM (${begun}) AS begun
  RETURNING sequence_number, sequence_floor, transaction_id, ${told}`;
  }
  return `
  WITH begun AS MATERIALIZED (${begun}),
  stored AS (
    INSERT INTO "${events}" (${columns})
    SELECT event.type, to_timestamp(event.ms / 1000), event.payload::json, event.metadata::json, floor_number, id
    FROM begun,
      unnest($1::text[], $2::float8[], $3::text[], $4::text[]) WITH ORDINALITY AS event (type, ms, payload, metadata, place)
    ORDER BY event.place
    RETURNING sequence_number, sequence_floor, transaction_id
  )
  SELECT max(sequence_number), max(sequence_floor), max(transaction_id::text), ${told}, count(*) FROM stored`;
}

/** Of the answer, where the reader does not know it from its position. */
const lifeSql: Readonly<Record<AppendCheck, (tables: TableNames) => string>> = {
  usual: () => 'NULL',
  first: (tables) => storeLife(tables),
  any: (tables) => `CASE WHEN ${parameters.any.life} IS NULL THEN ${storeLife(tables)} END`,
};

const parameters = {
  usual: { seen: '$8::pg_snapshot', own: '$9::xid8', life: '$10::text' },
  any: { seen: '$6::pg_snapshot', own: '$7::xid8', life: '$8::text' },
} as const;

/**
 * One row if the append may go on. The transaction gets its id here, before its numbers: OFFSET 0 keeps the planner from
 * making this and the insert one.
 */
function begunSql(check: AppendCheck, tables: TableNames): string {
  return `
    SELECT ${floorSql(tables)} AS floor_number, pg_current_xact_id() AS id
    WHERE current_setting('transaction_isolation') IN ('read uncommitted', 'read committed')
      AND current_setting('eventstore.floor', true) IS DISTINCT FROM '${lockBusy}' ${isSameLifeSql[check](tables)}
      AND ${mayAppendSql[check](tables)}
    OFFSET 0`;
}

// Another life of the store is a conflict: nobody can tell what the reader had seen.
const isSameLifeSql: Readonly<Record<AppendCheck, (tables: TableNames) => string>> = {
  usual: (tables) => `AND ${parameters.usual.life} = ${storeLife(tables)}`,
  first: () => '',
  any: (tables) => `AND (${parameters.any.life} IS NULL OR ${parameters.any.life} = ${storeLife(tables)})`,
};

const mayAppendSql: Readonly<Record<AppendCheck, (tables: TableNames) => string>> = {
  // Counted, for EXISTS is planned to end soon, and reads the table in search of a match that is not there.
  first: ({ events }) => `(SELECT count(*) = 0 FROM "${events}" WHERE ${usualMatch('(SELECT $6::jsonb)')})`,
  usual: (tables) => {
    const { seen, own } = parameters.usual;
    const boundary = `jsonb_build_object('items', jsonb_build_array(jsonb_strip_nulls(
            jsonb_build_object('types', to_jsonb($5::text[]), 'contains', jsonb_build_array($6::jsonb)))))`;
    const search = `${functionName(tables, 'has_unseen')}(${boundary}, $5, $6, $7, ${seen}, ${own})`;
    const look = {
      seen,
      own,
      search,
      row: 'event_type, payload, transaction_id',
      match: usualMatch('$6::jsonb'),
    };
    return `(${isUnchangedSql(seen)} OR NOT ${isUnseenSql(look, tables)})`;
  },
  any: (tables) => {
    const { seen, own } = parameters.any;
    const search = `${functionName(tables, 'has_unseen')}($5::jsonb, NULL, NULL, NULL, ${seen}, ${own})`;
    const match = `${functionName(tables, 'matches')}($5::jsonb, event)`;
    const look = { seen, own, search, row: `"${tables.events}" AS event, transaction_id`, match };
    return `CASE WHEN ${seen} IS NULL THEN NOT ${search}
          WHEN ${isUnchangedSql(seen)} THEN true ELSE NOT ${isUnseenSql(look, tables)} END`;
  },
};

/** While no transaction has ended since the read there is nothing to look for. */
function isUnchangedSql(seen: string): string {
  return `(pg_snapshot_xmin(${seen}) = pg_snapshot_xmax(${seen})
          AND pg_snapshot_xmax(${seen}) = pg_snapshot_xmax(pg_current_snapshot()))`;
}

/** Where a payload has no escapes it holds a text as it is: that is looked for before the payload is parsed. */
function usualMatch(part: string): string {
  return `($5::text[] IS NULL OR event_type = ANY ($5::text[]))
          AND (strpos(payload::text, $7::text) > 0 OR strpos(payload::text, chr(92)) > 0)
          AND payload::jsonb @> ${part}`;
}

interface Look {
  readonly seen: string;
  readonly own: string;
  /** What is read of each event. */
  readonly row: string;
  readonly match: string;
  /** Where more has happened than can be looked at one by one. */
  readonly search: string;
}

/** So many are new or were under way at most, where many append and no transaction runs for long. */
const maxLookedAt = 64;

/**
 * Whether there is a match among what came since the oldest transaction that was under way when the reader looked: less
 * work than to look up each transaction of the snapshot by itself. ORDER BY with LIMIT keeps the planner on the index, and
 * the sub-select keeps it from planning anew for each value.
 */
function isUnseenSql({ seen, own, row, match, search }: Look, { events }: TableNames): string {
  return `(
          SELECT CASE WHEN bool_or(NOT pg_visible_in_snapshot(transaction_id, ${seen})
              AND transaction_id IS DISTINCT FROM ${own} AND ${match}) THEN true
            WHEN count(*) < ${maxLookedAt} THEN false ELSE ${search} END
          FROM (
            SELECT ${row} FROM "${events}" WHERE transaction_id >= (SELECT pg_snapshot_xmin(${seen}))
            ORDER BY transaction_id LIMIT ${maxLookedAt}
          ) AS newer
        )`;
}
