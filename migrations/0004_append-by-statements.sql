-- Appends are two statements in one go now, made in server/eventstore/postgres/append-texts.ts: the first takes the locks, the
-- second checks and stores. eventstore_has_unseen is left for readers that have missed much.
-- Programs of the version before cannot append any more, as they refuse a newer schema when they open the store.

DROP FUNCTION eventstore_append(jsonb, text[], jsonb, text, pg_snapshot, xid8, bigint[], text[], float8[], text[], text[]);
