import type pg from 'pg';
import type { StoredEvent } from '../../../server/eventstore/storable-event.ts';
import { bookEventTypes } from './books.ts';
import { CopyReader } from './copy-reader.ts';
import { MessageReader } from './message-reader.ts';
import { eventOfRow, type RawRow, rawColumns, rawText } from './raw-store.ts';

/** What is done with each event of a replay. */
export type Fold = (event: Pick<StoredEvent, 'eventType' | 'payload'>) => void;

type RawReplay = (pool: pg.Pool, fold: Fold) => Promise<void>;

// COPY takes no parameters.
const types = bookEventTypes.map((type) => `'${type}'`).join(', ');
const from = `FROM events WHERE event_type IN (${types}) ORDER BY sequence_number`;
const wholeEvents = `SELECT ${rawColumns} ${from}`;
// The type last, as it may hold any character; JSON cannot hold this one.
const SEPARATOR = '\u0001';
const mergedEvents = `SELECT concat_ws(E'\\x01', sequence_number, date_part('epoch', occurred_at) * 1000, payload, metadata, event_type) ${from}`;
const neededColumns = `SELECT event_type, payload ${from}`;

/** Ways to read all events of the books by hand that make whole events, as the store does. */
export const wholeReplays: Readonly<Record<string, RawReplay>> = {
  'one query, rows as arrays of text': (pool, fold) =>
    oneQuery(pool, wholeEvents, (row) => fold(eventOfRow(row))),
  'one query, messages read by hand': (pool, fold) =>
    messages(pool, wholeEvents, (columns) => fold(eventOfRow(columns as RawRow))),
  'one query, one column, by hand': (pool, fold) =>
    messages(pool, mergedEvents, ([merged = '']) => fold(eventOfMerged(merged))),
  'cursor, 1,000 rows a time': (pool, fold) => cursor(pool, { rows: 1_000, fold }),
  'cursor, 5,000 rows a time': (pool, fold) => cursor(pool, { rows: 5_000, fold }),
  'COPY text': (pool, fold) => copyText(pool, wholeEvents, (columns) => fold(eventOfRow(columns as RawRow))),
  'COPY binary': (pool, fold) => copyBinary(pool, binaryEvents, (columns) => fold(eventOfBinary(columns))),
};

/** Ways that read what the fold needs and nothing else. */
export const narrowReplays: Readonly<Record<string, RawReplay>> = {
  'one query, type and payload only': (pool, fold) =>
    oneQuery(pool, neededColumns, ([eventType, payload]) => fold({ eventType, payload })),
  'messages read by hand, type and payload': (pool, fold) =>
    messages(pool, neededColumns, ([eventType = '', payload = '']) => fold({ eventType, payload })),
  'COPY text, type and payload only': (pool, fold) =>
    copyText(pool, neededColumns, ([eventType = '', payload = '']) => fold({ eventType, payload })),
  'COPY binary, type and payload only': (pool, fold) =>
    copyBinary(pool, neededColumns, ([eventType, payload]) =>
      fold({ eventType: textOf(eventType), payload: textOf(payload) }),
    ),
};

async function oneQuery(pool: pg.Pool, text: string, fold: (row: RawRow) => void): Promise<void> {
  const { rows } = await pool.query<RawRow>({ text, rowMode: 'array', types: rawText });
  for (const row of rows) fold(row);
}

async function messages(pool: pg.Pool, sql: string, row: (columns: string[]) => void): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(new MessageReader(sql, row)).finished;
  } finally {
    client.release();
  }
}

function eventOfMerged(merged: string): StoredEvent {
  const time = merged.indexOf(SEPARATOR) + 1;
  const payload = merged.indexOf(SEPARATOR, time) + 1;
  const metadata = merged.indexOf(SEPARATOR, payload) + 1;
  const type = merged.indexOf(SEPARATOR, metadata) + 1;
  return eventOfRow([
    merged.slice(0, time - 1),
    merged.slice(type),
    merged.slice(time, payload - 1),
    merged.slice(payload, metadata - 1),
    merged.slice(metadata, type - 1),
  ]);
}

/** The next rows are on their way while these are folded. */
async function cursor(pool: pg.Pool, { rows: count, fold }: { rows: number; fold: Fold }): Promise<void> {
  const client = await pool.connect();
  const fetch = { text: `FETCH ${count} FROM raw_replay`, rowMode: 'array', types: rawText } as const;
  try {
    await client.query('BEGIN READ ONLY; SET LOCAL cursor_tuple_fraction = 1');
    await client.query(`DECLARE raw_replay NO SCROLL CURSOR FOR ${wholeEvents}`);
    let coming = client.query<RawRow>(fetch);
    for (let { rows } = await coming; rows.length > 0; { rows } = await coming) {
      coming = client.query<RawRow>(fetch);
      for (const row of rows) fold(eventOfRow(row));
    }
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

async function copyText(pool: pg.Pool, query: string, fold: (columns: string[]) => void): Promise<void> {
  await copy(pool, `COPY (${query}) TO STDOUT`, (chunk) => {
    const line = chunk.toString('utf8', 0, chunk.length - 1);
    const columns = line.split('\t');
    fold(line.includes('\\') ? columns.map(unescaped) : columns);
  });
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function unescaped(column: string): string {
  return column.replace(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter);
}

const binaryEvents = wholeEvents.replace("date_part('epoch', occurred_at) * 1000", 'occurred_at');
const HEADER_BYTES = 19;

async function copyBinary(pool: pg.Pool, query: string, fold: (columns: Buffer[]) => void): Promise<void> {
  let offset = HEADER_BYTES;
  await copy(pool, `COPY (${query}) TO STDOUT (FORMAT binary)`, (chunk) => {
    const count = chunk.readInt16BE(offset);
    if (count < 0) return;
    const columns: Buffer[] = [];
    offset += 2;
    for (let column = 0; column < count; column++) {
      const start = offset + 4;
      offset = start + chunk.readInt32BE(offset);
      columns.push(chunk.subarray(start, offset));
    }
    fold(columns);
    offset = 0;
  });
}

// timestamptz in binary: microseconds since 2000.
const YEAR_2000 = Date.UTC(2000, 0, 1);

function eventOfBinary([number, type, occurredAt, payload, metadata]: Buffer[]): StoredEvent {
  const micros = (occurredAt?.readInt32BE(0) ?? 0) * 2 ** 32 + (occurredAt?.readUInt32BE(4) ?? 0);
  return {
    eventType: textOf(type),
    occurredAt: new Date(YEAR_2000 + Math.round(micros / 1_000)),
    payload: textOf(payload),
    metadata: textOf(metadata),
    sequenceNumber: ((number?.readInt32BE(0) ?? 0) * 2 ** 32 +
      (number?.readUInt32BE(4) ?? 0)) as StoredEvent['sequenceNumber'],
  };
}

function textOf(column: Buffer | undefined): string {
  return column?.toString('utf8') ?? '';
}

async function copy(pool: pg.Pool, sql: string, row: (chunk: Buffer) => void): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(new CopyReader(sql, row)).finished;
  } finally {
    client.release();
  }
}
