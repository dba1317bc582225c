-- Appends are two statements in one go now, made in server/eventstore/postgres/append-texts.ts. PL/pgSQL makes each of its
-- expressions ready anew in every transaction: beside others' appends that was a third of the time of an append.
-- Programs of the version before cannot append any more, as they refuse a newer schema when they open the store.

DROP FUNCTION eventstore_append(jsonb, text[], jsonb, text, pg_snapshot, xid8, bigint[], text[], float8[], text[], text[]);
DROP FUNCTION eventstore_has_unseen(jsonb, text[], jsonb, text, pg_snapshot, xid8);
