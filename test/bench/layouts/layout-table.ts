import type pg from 'pg';
import type { StorableEvent } from '../../../server/eventstore/storable-event.ts';
import { bookEventTypes } from '../eventstore/books.ts';
import { type RawRow, rawColumns, rawText } from '../eventstore/raw-store.ts';
import type { BookKey, Layout } from './layout.ts';

/** An event with its terms in the form that the layout wants. */
export interface LayoutEvent extends StorableEvent {
  readonly terms: Readonly<Record<'text' | 'hash', readonly string[]>>;
}

export interface LoadTimes {
  /** Seconds to fill the table, without the indexes that follow. */
  readonly fill: number;
  readonly index: number;
}

/** A layout in the database: a table of its own, used by named prepared statements. */
export class LayoutTable {
  readonly layout: Layout;
  readonly #pool: pg.Pool;
  readonly #table: string;
  readonly #selectOfBook: pg.QueryArrayConfig;
  readonly #selectByTime: pg.QueryArrayConfig;
  readonly #insert: pg.QueryArrayConfig;

  constructor(pool: pg.Pool, layout: Layout) {
    this.layout = layout;
    this.#pool = pool;
    this.#table = `layout_${layout.name.split(' ')[0]}`;
    const select = `SELECT ${rawColumns} FROM ${this.#table} WHERE event_type = ANY ($1::text[])`;
    const range =
      'occurred_at >= to_timestamp($2::float8 / 1000) AND occurred_at < to_timestamp($3::float8 / 1000)';
    this.#selectOfBook = this.#statement('book', `${select} AND ${layout.ofBook} ORDER BY sequence_number`);
    this.#selectByTime = this.#statement('time', `${select} AND ${range} ORDER BY sequence_number`);
    this.#insert = this.#statement('insert', this.#insertSql());
  }

  /** Makes the table from that of the store. */
  async load(): Promise<LoadTimes> {
    await this.#pool.query(this.#own(tableSql(this.layout)));
    const startedAt = performance.now();
    for (const sql of fillSql(this.layout)) await this.#pool.query(this.#own(sql));
    const filledAt = performance.now();
    for (const sql of this.layout.indexes) await this.#pool.query(this.#own(sql));
    const indexedAt = performance.now();
    await this.#pool.query(this.#own('VACUUM (ANALYZE) {events}'));
    if (this.layout.termsIn === 'table') await this.#pool.query(this.#own('VACUUM (ANALYZE) {terms}'));
    return { fill: (filledAt - startedAt) / 1_000, index: (indexedAt - filledAt) / 1_000 };
  }

  /** Megabytes on disk: the rows, and all indexes with the table of terms. */
  async sizes(): Promise<{ table: number; indexes: number }> {
    const { rows } = await this.#pool.query<{ table: number; all: number }>(
      `SELECT pg_table_size($1::text::regclass) / 1e6::float8 AS table,
          sum(pg_total_relation_size(oid))::float8 / 1e6 AS all
        FROM pg_class WHERE relname IN ($1::text, $1::text || '_terms')`,
      [this.#table],
    );
    const { table = 0, all = 0 } = rows[0] ?? {};
    return { table, indexes: all - table };
  }

  async ofBook(book: BookKey): Promise<RawRow[]> {
    const values: unknown[] = [bookEventTypes, book[this.layout.lookup]];
    if (this.layout.ofBook.includes('$3')) values.push(book.id);
    return (await this.#pool.query<RawRow>({ ...this.#selectOfBook, values })).rows;
  }

  async between(from: Date, until: Date): Promise<RawRow[]> {
    const values = [bookEventTypes, from.getTime(), until.getTime()];
    return (await this.#pool.query<RawRow>({ ...this.#selectByTime, values })).rows;
  }

  async insert({ eventType, occurredAt, payload, metadata, terms }: LayoutEvent): Promise<void> {
    const values: unknown[] = [eventType, occurredAt.getTime(), payload, metadata];
    if (this.layout.terms) values.push(terms[this.layout.terms]);
    await this.#pool.query({ ...this.#insert, values });
  }

  #statement(what: string, sql: string): pg.QueryArrayConfig {
    return { name: `${this.#table}_${what}`, text: this.#own(sql), rowMode: 'array', types: rawText };
  }

  #insertSql(): string {
    const { terms, termsIn } = this.layout;
    const columns = 'event_type, occurred_at, payload, metadata';
    const values = '$1, to_timestamp($2::float8 / 1000), $3, $4';
    if (termsIn === undefined)
      return `INSERT INTO {events} (${columns}) VALUES (${values}) RETURNING sequence_number`;
    if (termsIn === 'column') {
      const type = terms === 'hash' ? 'bigint[]' : 'text[]';
      return `INSERT INTO {events} (${columns}, terms) VALUES (${values}, $5::${type}) RETURNING sequence_number`;
    }
    return `WITH stored AS (INSERT INTO {events} (${columns}) VALUES (${values}) RETURNING sequence_number)
      INSERT INTO {terms} SELECT term, sequence_number FROM stored, unnest($5::bigint[]) AS term RETURNING number`;
  }

  #own(sql: string): string {
    return sql.replaceAll('{events}', this.#table).replaceAll('{terms}', `${this.#table}_terms`);
  }
}

function tableSql({ payload, terms, termsIn }: Layout): string {
  const column = termsIn === 'column' ? `, terms ${terms === 'hash' ? 'bigint' : 'text'}[] NOT NULL` : '';
  const table = `CREATE TABLE {events} (
    sequence_number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_type text NOT NULL CHECK (event_type <> ''),
    occurred_at timestamptz NOT NULL, payload ${payload} NOT NULL CHECK (${payload}_typeof(payload) = 'object'),
    metadata json NOT NULL CHECK (json_typeof(metadata) = 'object'),
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id()${column})`;
  if (termsIn !== 'table') return table;
  return `${table}; CREATE TABLE {terms} (term bigint, number bigint, PRIMARY KEY (term, number))`;
}

/** The same terms as `termsOf`. */
function fillSql({ payload, terms, termsIn }: Layout): readonly string[] {
  const term = "key || '=' || (value #>> '{}')";
  const hash = `hashtextextended(${term}, 0)`;
  const fields = "json_each(payload) WHERE json_typeof(value) = 'string'";
  const column = `, ARRAY(SELECT ${terms === 'hash' ? hash : term} FROM ${fields})`;
  const isColumn = termsIn === 'column';
  const fill = `INSERT INTO {events} (event_type, occurred_at, payload, metadata${isColumn ? ', terms' : ''})
    SELECT event_type, occurred_at, payload${payload === 'jsonb' ? '::jsonb' : ''}, metadata${isColumn ? column : ''}
    FROM events ORDER BY sequence_number`;
  if (termsIn !== 'table') return [fill];
  return [fill, `INSERT INTO {terms} SELECT ${hash}, sequence_number FROM {events}, ${fields}`];
}
