-- Appends get their lock keys from the client and leave behind how far numbers had been given out before them:
-- with that a reader knows up to which number nothing can appear any more.

-- The highest number that was given out before the appending transaction had its id: transactions with higher ids have
-- higher numbers. No append is under way while the table is locked, so for events that are there it is the highest of all.
LOCK TABLE events IN ACCESS EXCLUSIVE MODE;
DO $$
BEGIN
  EXECUTE format(
    'ALTER TABLE events ADD COLUMN sequence_floor bigint NOT NULL DEFAULT %s',
    (SELECT coalesce(max(sequence_number), 0) FROM events)
  );
END
$$;
-- 0 says nothing: right for rows that come in by another way than the functions below.
ALTER TABLE events ALTER COLUMN sequence_floor SET DEFAULT 0;

-- Statistics on whole payloads help no plan, and where there are none the planner takes one plan for all values and
-- keeps it: planning anew for each read took half of its time.
DROP INDEX events_payload;
CREATE INDEX events_payload ON events USING gin ((payload::jsonb) jsonb_path_ops) WITH (fastupdate = off);
ALTER INDEX events_payload ALTER COLUMN 1 SET STATISTICS 0;

-- For filters by time alone: six hours of 500,000 events in 4 ms instead of 65, and next to nothing for an append.
CREATE INDEX events_occurred_at ON events USING brin (occurred_at) WITH (autosummarize = on);

DROP FUNCTION eventstore_append(jsonb, text, text[], float8[], text[], text[]);
DROP FUNCTION eventstore_import();
DROP FUNCTION eventstore_has_unseen(jsonb, pg_snapshot, xid8);
DROP FUNCTION eventstore_lock(jsonb, text[], text[]);
DROP FUNCTION eventstore_lock_all();

-- The same question for a reader that has missed much: searches for what the boundary names, not for what is new.
-- What it searches for may be rare or frequent, so each search is planned for its values. Everything from before the oldest
-- transaction that was under way was seen, so that the history need not be read.
CREATE OR REPLACE FUNCTION eventstore_search_unseen(boundary jsonb, seen pg_snapshot, own xid8) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  item jsonb;
  part jsonb;
  types text[];
BEGIN
  FOR item IN
    SELECT jsonb_array_elements(CASE boundary -> 'items' WHEN '[]' THEN '[{}]' ELSE boundary -> 'items' END)
  LOOP
    IF item ? 'contains' THEN
      FOR part IN SELECT jsonb_array_elements(item -> 'contains') LOOP
        IF EXISTS (
          SELECT FROM events
          WHERE payload::jsonb @> part
            AND (seen IS NULL
      OR transaction_id >= pg_snapshot_xmin(seen) AND NOT pg_visible_in_snapshot(transaction_id, seen))
            AND transaction_id IS DISTINCT FROM own
            AND eventstore_matches(boundary, events)
        ) THEN
          RETURN true;
        END IF;
      END LOOP;
    ELSIF item ? 'types' THEN
      types := ARRAY(SELECT jsonb_array_elements_text(item -> 'types'));
      IF EXISTS (
        SELECT FROM events
        WHERE event_type = ANY (types)
          AND (seen IS NULL
      OR transaction_id >= pg_snapshot_xmin(seen) AND NOT pg_visible_in_snapshot(transaction_id, seen))
          AND transaction_id IS DISTINCT FROM own
          AND eventstore_matches(boundary, events)
      ) THEN
        RETURN true;
      END IF;
    ELSIF EXISTS (
      SELECT FROM events
      WHERE (seen IS NULL
      OR transaction_id >= pg_snapshot_xmin(seen) AND NOT pg_visible_in_snapshot(transaction_id, seen))
        AND transaction_id IS DISTINCT FROM own
        AND eventstore_matches(boundary, events)
    ) THEN
      RETURN true;
    END IF;
  END LOOP;
  RETURN false;
END
$$;

-- Whether an event within the boundary exists that a reader could not see.
-- usual_part: the object of a boundary that is one item with one object and no bounds, NULL for any other; with it
-- usual_types, and usual_text, the value of its first field. Such a boundary is compared in place, since the function
-- eventstore_matches takes ten times as long for a single event. Where a payload has no escapes it holds the text as it is:
-- that is looked for before the payload is parsed.
-- seen: the snapshot of the read; NULL for a reader that has seen nothing.
-- own: the transaction that the reader itself committed after that snapshot, if any.
-- VOLATILE on purpose: each statement must see what was committed while this transaction waited for its locks.
-- The generic plan is the right one whatever is asked, and planning anew for each append took 105 of 125 µs.
CREATE FUNCTION eventstore_has_unseen(
  boundary jsonb,
  usual_types text[],
  usual_part jsonb,
  usual_text text,
  seen pg_snapshot,
  own xid8
) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  -- Up to this many events are cheaper to look at one by one (about 1 ms) than to search for.
  max_recent CONSTANT int := 500;
  -- So many are new or were under way at most, where many append and no transaction runs for long.
  max_usual CONSTANT int := 64;
  in_progress xid8[];
  recent int;
  older int;
  is_unseen boolean;
BEGIN
  IF seen IS NULL THEN
    RETURN eventstore_search_unseen(boundary, seen, own);
  END IF;
  -- Everything since the oldest transaction that was under way when the reader looked. ORDER BY with LIMIT keeps the planner
  -- on the index however its estimates go: after a bulk load it takes all transactions for one.
  SELECT count(*), coalesce(bool_or(NOT pg_visible_in_snapshot((event).transaction_id, seen)
    AND (event).transaction_id IS DISTINCT FROM own
    AND CASE WHEN usual_part IS NOT NULL
      THEN (usual_types IS NULL OR (event).event_type = ANY (usual_types))
        AND (strpos((event).payload::text, usual_text) > 0 OR strpos((event).payload::text, chr(92)) > 0)
        AND (event).payload::jsonb @> usual_part
      ELSE eventstore_matches(boundary, event) END), false) INTO recent, is_unseen
  FROM (
    SELECT events FROM events WHERE transaction_id >= pg_snapshot_xmin(seen) ORDER BY transaction_id LIMIT max_usual
  ) AS newer (event);
  IF is_unseen OR recent < max_usual THEN
    RETURN is_unseen;
  END IF;
  -- A transaction that runs for long: what had not begun, and what was under way, each by itself.
  SELECT count(*), coalesce(bool_or((event).transaction_id IS DISTINCT FROM own
    AND CASE WHEN usual_part IS NOT NULL
      THEN (usual_types IS NULL OR (event).event_type = ANY (usual_types))
        AND (strpos((event).payload::text, usual_text) > 0 OR strpos((event).payload::text, chr(92)) > 0)
        AND (event).payload::jsonb @> usual_part
      ELSE eventstore_matches(boundary, event) END), false) INTO recent, is_unseen
  FROM (
    SELECT events FROM events WHERE transaction_id >= pg_snapshot_xmax(seen) ORDER BY transaction_id LIMIT max_recent
  ) AS newer (event);
  IF is_unseen THEN
    RETURN true;
  END IF;
  in_progress := ARRAY(SELECT pg_snapshot_xip(seen));
  SELECT count(*), coalesce(bool_or((event).transaction_id IS DISTINCT FROM own
    AND CASE WHEN usual_part IS NOT NULL
      THEN (usual_types IS NULL OR (event).event_type = ANY (usual_types))
        AND (strpos((event).payload::text, usual_text) > 0 OR strpos((event).payload::text, chr(92)) > 0)
        AND (event).payload::jsonb @> usual_part
      ELSE eventstore_matches(boundary, event) END), false) INTO older, is_unseen
  FROM (
    SELECT events FROM events WHERE transaction_id = ANY (in_progress) ORDER BY transaction_id LIMIT max_recent
  ) AS under_way (event);
  IF is_unseen OR (recent < max_recent AND older < max_recent) THEN
    RETURN is_unseen;
  END IF;
  RETURN eventstore_search_unseen(boundary, seen, own);
END
$$;

-- Appends all events or none. Gives NULL when an event within the boundary exists that the reader had not seen, and then
-- nothing was stored; else '<number of the last event> <floor> <position>'. The floor is the highest number that was given
-- out before the transaction had its id. The position is '<pg_snapshot>;<own transaction>'.
-- One text and not three columns: a function that gives a row has to be read as a table, which takes 20 µs more.
-- locks: advisory locks in the order in which to take them, the same for all appends, so that no two wait for each other.
-- The lowest bit of each says that it is exclusive and is not part of the key. Exclusive on what the boundary reads, shared
-- on what the events touch: an event that matches a boundary touches at least one key that the boundary holds
-- exclusively, so of two such appends one waits for the other to end. Made in server/eventstore/postgres/append-locks.ts;
-- every append holds the key of all events at least shared.
CREATE FUNCTION eventstore_append(
  boundary jsonb,
  usual_types text[],
  usual_part jsonb,
  usual_text text,
  seen pg_snapshot,
  own xid8,
  locks bigint[],
  event_types text[],
  occurred_at_ms float8[],
  payloads text[],
  metadatas text[]
) RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
-- Few and large expressions: each one is made ready anew in every transaction, which takes 2 to 4 µs.
DECLARE
  lock bigint;
  is_locked boolean;
  floor_number bigint;
  position text;
  last_number bigint;
BEGIN
  -- Under a stricter level all statements share one snapshot, taken before the locks: the check would be blind.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'appending needs the isolation level read committed' USING ERRCODE = 'invalid_transaction_state';
  END IF;
  FOREACH lock IN ARRAY locks LOOP
    -- As an expression, for a PERFORM is a query of its own and takes ten times as long.
    is_locked := CASE WHEN lock & 1 = 1 THEN pg_advisory_xact_lock(lock & -2) IS NOT NULL
      ELSE pg_advisory_xact_lock_shared(lock) IS NOT NULL END;
  END LOOP;
  -- While no transaction has ended since the read there is nothing to look for.
  IF NOT coalesce(pg_snapshot_xmax(pg_current_snapshot()) = pg_snapshot_xmax(seen)
      AND pg_snapshot_xmin(seen) = pg_snapshot_xmax(seen), false)
    AND eventstore_has_unseen(boundary, usual_types, usual_part, usual_text, seen, own)
  THEN
    RETURN NULL;
  END IF;
  -- In this order: first how far numbers are given out, then the transaction's id, then its numbers.
  -- A transaction that has its id already cannot tell what others took since.
  floor_number := CASE WHEN pg_current_xact_id_if_assigned() IS NULL
    THEN coalesce(pg_sequence_last_value('events_sequence_number_seq'::regclass), 0) ELSE 0 END;
  -- Nothing within the boundary can have come since the check, as the locks are held: what this snapshot sees
  -- together with the transaction itself is what the caller knows from now on.
  position := pg_current_snapshot()::text || ';' || pg_current_xact_id()::text;
  IF cardinality(event_types) = 1 THEN
    INSERT INTO events (event_type, occurred_at, payload, metadata, sequence_floor)
    VALUES (
      event_types[1], to_timestamp(occurred_at_ms[1] / 1000), payloads[1]::json, metadatas[1]::json, floor_number
    )
    RETURNING sequence_number INTO last_number;
  ELSE
    WITH stored AS (
      INSERT INTO events (event_type, occurred_at, payload, metadata, sequence_floor)
      SELECT event_type, to_timestamp(ms / 1000), payload::json, metadata::json, floor_number
      FROM unnest(event_types, occurred_at_ms, payloads, metadatas)
        WITH ORDINALITY AS event (event_type, ms, payload, metadata, place)
      ORDER BY place
      RETURNING sequence_number
    )
    SELECT max(sequence_number) INTO last_number FROM stored;
  END IF;
  RETURN last_number || ' ' || floor_number || ' ' || position;
END
$$;

-- Up to which number a read with the given snapshot had everything, for good: no event with a number up to it can become
-- visible later. NULL stands for no limit. Exact where no append with a lower number was under way, and else a few
-- numbers too low: transactions that append nothing do not count, however long they run.
-- The proof: docs/decisions/2026-11-21-numbers-that-are-safe-to-go-on-from.md
-- all_events_key: the key that every append holds, at least shared.
-- Also a floor for later reads: transactions with an id above floor_transaction have numbers above floor_number.
CREATE FUNCTION eventstore_settled(
  seen pg_snapshot,
  all_events_key bigint,
  OUT up_to bigint,
  OUT floor_transaction xid8,
  OUT floor_number bigint
)
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  in_progress CONSTANT xid8[] := ARRAY(SELECT pg_snapshot_xip(seen));
  -- Under a stricter level both looks share one snapshot, from before the locks were looked at: it lacks what has ended
  -- in between. A replica does not show the locks of its primary. Then everything in flight counts as an append.
  is_in_the_dark CONSTANT boolean := pg_is_in_recovery()
    OR current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted');
  appending_floor bigint;
BEGIN
  SELECT transaction_id, sequence_floor INTO floor_transaction, floor_number
  FROM events ORDER BY transaction_id DESC LIMIT 1;
  -- Which appends are under way; NULL for none. An append that is has higher numbers than any sequence_floor of an earlier
  -- transaction that had ended when the statement began.
  WITH
    locks AS MATERIALIZED (SELECT * FROM pg_locks),
    appending AS (
      SELECT own.transactionid AS id
      FROM locks AS own JOIN locks AS held USING (virtualtransaction)
      WHERE own.locktype = 'transactionid' AND own.mode = 'ExclusiveLock' AND own.granted
        AND held.locktype = 'advisory' AND held.objsubid = 1
        AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (held.classid::bigint << 32 | held.objid::bigint) = all_events_key
    ),
    first AS (
      SELECT CASE WHEN is_in_the_dark THEN pg_snapshot_xmin(seen) ELSE coalesce(
        (SELECT min(id) FROM unnest(in_progress) AS id WHERE id::xid IN (SELECT appending.id FROM appending)),
        pg_snapshot_xmax(seen)
      ) END AS id
      WHERE is_in_the_dark OR EXISTS (SELECT FROM appending)
    )
  SELECT (
    -- Several, since some may say nothing.
    SELECT coalesce(max(sequence_floor), 0)
    FROM (
      SELECT sequence_floor FROM events WHERE transaction_id < first.id ORDER BY transaction_id DESC LIMIT 5
    ) AS latest
  ) INTO appending_floor FROM first;
  -- What was not visible then and is now, with what has ended since the look at the locks.
  -- OFFSET 0 keeps the planner from walking the numbers from the first one on.
  SELECT least(min(sequence_number) - 1, appending_floor) INTO up_to
  FROM (
    SELECT sequence_number FROM events WHERE transaction_id >= pg_snapshot_xmax(seen)
    UNION ALL
    SELECT sequence_number FROM events WHERE transaction_id = ANY (in_progress)
    OFFSET 0
  ) AS unseen;
END
$$;

-- Moves the events that a bulk load collected in the temporary table events_import into the store, in their order.
-- It shuts out appends only now, and gives the number of events.
CREATE FUNCTION eventstore_import(all_events_key bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  payload_index text;
  highest bigint;
  imported bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(all_events_key);
  -- Building the payload index afterwards takes a sixth of the time, but its removal locks out readers: only in an
  -- empty store, where they miss nothing, and not if one of them would have to be waited for.
  IF NOT EXISTS (SELECT FROM events) THEN
    BEGIN
      PERFORM set_config('lock_timeout', '200ms', true);
      payload_index := pg_get_indexdef('events_payload'::regclass);
      DROP INDEX events_payload;
    EXCEPTION WHEN lock_not_available OR insufficient_privilege THEN
      payload_index := NULL;
    END;
  END IF;
  -- All others have ended before and begin afterwards, with numbers above all of these: each takes at least one.
  highest := coalesce(pg_sequence_last_value('events_sequence_number_seq'::regclass), 0)
    + (SELECT count(*) FROM events_import);
  INSERT INTO events (event_type, occurred_at, payload, metadata, sequence_floor)
  SELECT event_type, occurred_at, payload, metadata, highest FROM events_import ORDER BY place;
  GET DIAGNOSTICS imported = ROW_COUNT;
  IF payload_index IS NOT NULL THEN
    EXECUTE payload_index;
    ALTER INDEX events_payload ALTER COLUMN 1 SET STATISTICS 0;
  END IF;
  RETURN imported;
END
$$;
