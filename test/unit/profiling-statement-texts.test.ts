import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normaliseStatement } from '../../server/profiling/statements/normalise-statement.ts';
import { statementCount } from '../../server/profiling/statements/sql-tokens.ts';
import { statementEntries } from '../../server/profiling/statements/statement-entries.ts';
import { statementLabel } from '../../server/profiling/statements/statement-label.ts';
import { StatementNames } from '../../server/profiling/statements/statement-names.ts';

const CASES: readonly [given: string, normalised: string][] = [
  ['SELECT  1,\n\t2 ', 'SELECT ?, …'],
  ["SELECT * FROM t1 WHERE name = 'O''Hara' AND n = 4.5e-3", 'SELECT * FROM t1 WHERE name = ? AND n = ?'],
  [String.raw`SELECT E'it\'s' || 'x'`, 'SELECT ? || ?'],
  ['SELECT "a 1", "it""s 2" FROM "Table 3"', 'SELECT "a 1", "it""s 2" FROM "Table 3"'],
  ['SELECT 1 -- a comment, 2\nFROM t', 'SELECT ? FROM t'],
  ["SELECT /* trace='7' */ a FROM t", 'SELECT a FROM t'],
  ['DO $body$ SELECT 1; $body$', 'DO ?'],
  ['SELECT $1::int + $2', 'SELECT $1::int + $2'],
  ['SELECT * FROM t WHERE id IN ($1, $2,$3)', 'SELECT * FROM t WHERE id IN ($1, …)'],
  ["INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')", 'INSERT INTO t VALUES (?, …), …'],
  ["'", '?'],
  ['SELECT 0xDEADBEEF, 1_234_567, 0o17, 0b1010, .5, 7., 1e-5, 123abc + col', 'SELECT ?, … + col'],
  ['SELECT /* a /* b */ tail_secret */ a', 'SELECT a'],
  ['SELECT a /* never /* ends */ secret', 'SELECT a'],
  ['SELECT a -- secret\rFROM t', 'SELECT a FROM t'],
  ["SELECT a, 'never ends secret", 'SELECT a, ?'],
  ['SELECT a, "never ends secret', 'SELECT a, ?'],
  ['SELECT $tag$ secret $$ $tag $tag$ FROM t', 'SELECT ? FROM t'],
  ['SELECT $größe$ secret $größe$ FROM t', 'SELECT ? FROM t'],
  ['SELECT a FROM t WHERE b = $q$ secret', 'SELECT a FROM t WHERE b = ?'],
  ['SELECT a$b$, c$b$ FROM t', 'SELECT a$b$, c$b$ FROM t'],
  [String.raw`SELECT e'a\\', 'b' , E'it''s \' secret' FROM t`, 'SELECT ?, … FROM t'],
  ["SELECT E'a'  -- and on\n 'b\\' secret' FROM t", 'SELECT ? FROM t'],
  [
    String.raw`SELECT U&'d\0061t' UESCAPE '!', b'01', X'1FF', N'secret' FROM t`,
    'SELECT ? UESCAPE ?, … FROM t',
  ],
  ['SELECT U&"d""\\0061t 1" FROM t', 'SELECT U&"d""\\0061t 1" FROM t'],
  // Without standard_conforming_strings the text goes on.
  [String.raw`SELECT a FROM t WHERE b = 'it\' secret'`, 'SELECT a FROM t WHERE b = ?'],
  [
    String.raw`SELECT a FROM t WHERE b LIKE $1 ESCAPE '\' AND c`,
    'SELECT a FROM t WHERE b LIKE $1 ESCAPE ? AND c',
  ],
  ["SELECT a FROM t WHERE name='x'AND code=E'y'", 'SELECT a FROM t WHERE name=?AND code=?'],
];

for (const [given, normalised] of CASES) {
  test(`${JSON.stringify(given)} is ${JSON.stringify(normalised)}`, () => {
    assert.equal(normaliseStatement(given), normalised);
  });
}

test('a text of several statements is known as one, whatever stands in texts, names and comments', () => {
  for (const text of [
    'SELECT 1',
    ' SELECT 1 ; ; -- x;y',
    `SELECT ';' /* ; */ AS ";", $a$;$a$, E'\\';'`,
    'SELECT a;',
  ]) {
    assert.equal(statementCount(text), 1, text);
  }
  assert.equal(statementCount('SELECT 1; UPDATE t SET n = n + 1; COMMIT'), 3);
  assert.equal(statementCount(`SELECT 'a'';'; COMMIT`), 2);
  assert.equal(statementCount(' -- nothing'), 0);
});

test('a long statement is normalised in little time', () => {
  const started = performance.now();
  normaliseStatement(
    `INSERT INTO t VALUES ${Array.from({ length: 100_000 }, (_, n) => `(${n}, 'a')`).join(', ')}`,
  );
  normaliseStatement(`SELECT ${"'".repeat(99_999)}`);
  normaliseStatement(`SELECT ${'"'.repeat(99_999)}`);
  normaliseStatement(`SELECT ${'/*'.repeat(99_999)}`);
  normaliseStatement(`SELECT ${'$a'.repeat(99_999)} ${'1e'.repeat(99_999)} '${"a''".repeat(99_999)}`);
  assert.ok(performance.now() - started < 5_000);
});

const LABELS: readonly [text: string, label: string][] = [
  ['SELECT a, b FROM "orders" WHERE customer = $1 ORDER BY a', 'SELECT … FROM orders WHERE customer = $1'],
  ['SELECT extract(epoch FROM now()) FROM shop.orders', 'SELECT … FROM shop.orders'],
  ['SELECT pg_sleep(?)', 'SELECT pg_sleep(?)'],
  ['WITH new AS (SELECT ?) INSERT INTO events SELECT * FROM new', 'INSERT INTO events'],
  ['UPDATE orders SET n = ? WHERE id = $1', 'UPDATE orders WHERE id = $1'],
  ['DELETE FROM ONLY orders', 'DELETE FROM orders'],
  ['SELECT ? FOR UPDATE', 'SELECT ? FOR UPDATE'],
  ['SELECT pg_advisory_xact_lock($1);\nINSERT INTO events VALUES ($1, …)', 'INSERT INTO events'],
  [
    'SELECT 1 UNION ALL (SELECT * FROM "events" WHERE ((type = ANY ($1::text[]))) ORDER BY n)',
    'SELECT … FROM events WHERE type = ANY ($1::text[])',
  ],
  ['BEGIN', 'BEGIN'],
  ['INSERT INTO "my table" (a) VALUES ($1)', 'INSERT INTO "my table"'],
  ['SELECT id FROM jobs WHERE state=$1 FOR UPDATE SKIP LOCKED', 'SELECT … FROM jobs WHERE state=$1'],
  ['SELECT id FROM jobs FOR UPDATE OF jobs', 'SELECT … FROM jobs'],
  ['SELECT id FROM jobs WHERE id = $1 FOR NO KEY UPDATE NOWAIT', 'SELECT … FROM jobs WHERE id = $1'],
  ['SELECT extract(epoch FROM created) FROM jobs', 'SELECT … FROM jobs'],
  ['SELECT trim(both FROM x), substring(x from ?) FROM jobs', 'SELECT … FROM jobs'],
  ['SELECT a IS DISTINCT FROM b, c IS NOT DISTINCT FROM d FROM orders', 'SELECT … FROM orders'],
  ['SELECT DISTINCT FROM orders', 'SELECT … FROM orders'],
  ['SELECT count(*) FILTER (WHERE state = $2) FROM jobs WHERE id = $1', 'SELECT … FROM jobs WHERE id = $1'],
  ['SELECT * FROM "delete from x"', 'SELECT … FROM "delete from x"'],
  ['SELECT "where" FROM t', 'SELECT … FROM t'],
  ['SELECT "from" AS where, t.from FROM t WHERE "order" = $1', 'SELECT … FROM t WHERE "order" = $1'],
  ['SELECT a FROM "Orders"."a""b" o', 'SELECT … FROM "Orders"."a""b"'],
  ['SELECT a FROM unnest($1) u JOIN ONLY shop.orders o ON o.id = u.id', 'SELECT … FROM shop.orders'],
  ['SELECT a FROM (SELECT b FROM t WHERE c = $1) x', 'SELECT … FROM t WHERE c = $1'],
  ['SELECT a FROM (SELECT b FROM t) x WHERE c = $1', 'SELECT … FROM t WHERE c = $1'],
  ['SELECT a FROM ((t JOIN u ON t.a = u.a) JOIN v ON true)', 'SELECT … FROM t'],
  // The main statement, but for one that only gives back what another one has changed.
  ['WITH t AS (SELECT a FROM u WHERE b = $1) SELECT * FROM v WHERE c = $2', 'SELECT … FROM v WHERE c = $2'],
  ['WITH a AS (DELETE FROM queue RETURNING *) INSERT INTO done SELECT * FROM a', 'INSERT INTO done'],
  [
    'WITH a AS (DELETE FROM queue WHERE b = $1 RETURNING *) SELECT * FROM a',
    'DELETE FROM queue WHERE b = $1',
  ],
  ['WITH RECURSIVE update(a) AS (SELECT ? FROM u) SELECT a FROM update', 'SELECT … FROM update'],
  ['INSERT INTO t SELECT a FROM u WHERE b = $1 ON CONFLICT (a) DO UPDATE SET a = $2', 'INSERT INTO t'],
  ['MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE', 'MERGE INTO t'],
  [
    'CREATE RULE r AS ON DELETE TO t DO INSTEAD UPDATE t SET a = ?',
    'CREATE RULE r AS ON DELETE TO t DO INSTEAD UPDATE t SET a = ?',
  ],
  ['constructor', 'constructor'],
  // What is left out is an ellipsis, and no bracket is without its other half.
  [
    'SELECT a FROM events WHERE (type = ANY ($1::text[]) AND payload @> $2::jsonb) OR (type = ANY ($3) AND payload @> $4)',
    'SELECT … FROM events WHERE (type = ANY ($1::text[]) AND payload @> $2::jsonb) …',
  ],
  [
    'SELECT a FROM t WHERE id IN (SELECT id FROM u WHERE b = $1 ORDER BY id LIMIT ?) ORDER BY a LIMIT ?',
    'SELECT … FROM t WHERE id IN (SELECT id FROM u WHERE b = $1 ORDER BY id LIMIT ?)',
  ],
  ['SELECT a FROM t WHERE ((a = $1) AND (b = $2)) FOR UPDATE', 'SELECT … FROM t WHERE (a = $1) AND (b = $2)'],
  ['SELECT a FROM t WHERE (a = $1) OR (b = $2)', 'SELECT … FROM t WHERE (a = $1) OR (b = $2)'],
  [
    `SELECT function_of_a_schema(first_argument => $1, second_argument => ARRAY[$2], third => coalesce($3, $4), x => $5)`,
    'SELECT function_of_a_schema(first_argument => $1, second_argument => ARRAY[$2], …)',
  ],
  ['SELECT ($1', 'SELECT ($1 …)'],
];

for (const [text, label] of LABELS) {
  test(`${JSON.stringify(text)} is called ${JSON.stringify(label)}`, () => {
    assert.equal(statementLabel(text), label);
  });
}

test('a long statement has a label in little time, however deep its brackets are', () => {
  const many = 50_000;
  const started = performance.now();
  statementLabel(`SELECT ${'a IS DISTINCT FROM b, '.repeat(many)} c FROM t`);
  for (const bracket of ['(', '[', '(SELECT a FROM ', '(SELECT a UNION ', '(WITH a AS ', ')']) {
    statementLabel(`SELECT a FROM ${bracket.repeat(many)}`);
    statementLabel(`${bracket.repeat(many)} ${')'.repeat(many)}`);
  }
  assert.ok(performance.now() - started < 10_000);
});

test('a label is short, and never half a character', () => {
  const label = statementLabel(`SELECT ${'😀'.repeat(100)}`);
  assert.ok(label.length <= 90 && label.isWellFormed());
});

test('executions of one text are one entry, and entries with like labels can be told apart', () => {
  const execution = (...texts: string[]) => ({
    operation: 0,
    texts,
    stretches: [],
    rows: 0,
    isFailed: false,
  });
  const entries = statementEntries([
    execution('SELECT a FROM t'),
    execution('SELECT b FROM t'),
    execution('SELECT  a FROM t -- again'),
    execution('BEGIN', 'COMMIT'),
  ]);
  assert.deepEqual(
    entries.map(({ executions }) => executions.length),
    [2, 1, 1],
  );
  assert.equal(new Set(entries.map(({ label }) => label)).size, 3);
  assert.equal(new Set(entries.map(({ id }) => id)).size, 3);
  assert.equal(entries[2]?.text, 'BEGIN;\nCOMMIT');
});

test('statements with like labels have their ids in their names, whichever comes first, and PostgreSQL tells them alike', () => {
  const texts = ['SELECT a FROM t', 'SELECT b FROM t', 'SELECT c FROM u'];
  const names = [texts, texts.toReversed()].map((list) => new StatementNames(list));
  const [first, second] = names.map((each) => texts.map((text) => each.of(text)));
  assert.deepEqual(first, second);
  assert.match(
    first?.join('|') ?? '',
    /^SELECT … FROM t #[\da-f]{8}\|SELECT … FROM t #[\da-f]{8}\|SELECT … FROM u$/,
  );
  const told = names[0]?.of('SELECT d FROM u');
  assert.match(told ?? '', /^SELECT … FROM u #[\da-f]{8}$/);
});
