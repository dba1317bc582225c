-- Appends are two statements in one go now, made in server/eventstore/postgres/append-texts.ts: the first takes the locks, the
-- second checks and stores. eventstore_has_unseen is left for readers that have missed much.
-- Programs of the version before cannot append any more, as they refuse a newer schema when they open the store.

DROP FUNCTION eventstore_append(jsonb, text[], jsonb, text, pg_snapshot, xid8, bigint[], text[], float8[], text[], text[]);

-- Called by the second statement where it does not find what the first one left behind in the same transaction.
CREATE FUNCTION eventstore_refuse_unlocked() RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the locks of the append are not held' USING ERRCODE = 'ES001';
END
$$;
