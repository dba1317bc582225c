import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type pg from 'pg';
import { createRandom } from '../../../server/lib/random.ts';
import type { BookInCirculation, BooksByID } from '../../../server/library/books-in-circulation/project.ts';
import { booksSnapshot } from '../../../server/library/books-in-circulation/snapshot.ts';
import { shuffle } from '../eventstore/interleave.ts';
import { type Percentiles, percentilesOf } from '../eventstore/percentiles.ts';
import { progress } from '../eventstore/progress.ts';

/** How a state becomes text. */
interface TextForm {
  readonly name: string;
  readonly encode: (books: BooksByID) => string;
  readonly decode: (text: string) => BooksByID;
}

/** How the text becomes a column. */
interface Packing {
  readonly name: string;
  readonly type: 'json' | 'jsonb' | 'bytea';
  readonly storage?: 'external';
  readonly pack: (text: string) => Promise<string | Buffer>;
  readonly unpack: (stored: string) => Promise<string>;
}

/** Milliseconds; saving and loading with packing, checksum and database, encoding and decoding without. */
export interface FormRow {
  readonly form: string;
  readonly storedBytes: number;
  readonly encode: Percentiles;
  readonly save: Percentiles;
  readonly load: Percentiles;
  readonly decode: Percentiles;
  /** Loading and decoding: what a cold hit pays. */
  readonly cold: Percentiles;
}

const texts: readonly TextForm[] = [
  { name: 'rows', encode: (books) => JSON.stringify([...books.values()]), decode: decodeRows },
  {
    name: 'columns',
    encode: (books) => [...booksSnapshot.encode(books)].join(''),
    decode: booksSnapshot.decode,
  },
];

const bytesOf = (stored: string) => Buffer.from(stored.slice(2), 'hex');
const zstd = (level: number) => ({ params: { [zlib.constants.ZSTD_c_compressionLevel]: level } });
const asItIs = async (text: string) => text;

const packings: readonly Packing[] = [
  { name: 'json, packed by the server', type: 'json', pack: asItIs, unpack: asItIs },
  { name: 'json, not packed', type: 'json', storage: 'external', pack: asItIs, unpack: asItIs },
  { name: 'jsonb, packed by the server', type: 'jsonb', pack: asItIs, unpack: asItIs },
  ...[1, 3].map(
    (level): Packing => ({
      name: `bytea, zstd ${level}`,
      type: 'bytea',
      storage: 'external',
      pack: (text) => promisify<string, zlib.ZstdOptions, Buffer>(zlib.zstdCompress)(text, zstd(level)),
      unpack: async (stored) => (await promisify(zlib.zstdDecompress)(bytesOf(stored))).toString(),
    }),
  ),
  {
    name: 'bytea, gzip 1',
    type: 'bytea',
    storage: 'external',
    pack: (text) => promisify<string, zlib.ZlibOptions, Buffer>(zlib.gzip)(text, { level: 1 }),
    unpack: async (stored) => (await promisify(zlib.gunzip)(bytesOf(stored))).toString(),
  },
];

/** Every form of the state saved over the one that is there and loaded again, in turn and in random order. */
export async function measureForms(
  pool: pg.Pool,
  books: BooksByID,
  rounds: number,
): Promise<readonly FormRow[]> {
  const random = createRandom(3);
  const contenders = texts.flatMap((text) => packings.map((packing) => new Contender(pool, text, packing)));
  for (const contender of contenders) await contender.prepare();
  const order = [...contenders];
  for (let round = -1; round < rounds; round += 1) {
    progress(`storage forms, round ${round + 1} of ${rounds}`);
    shuffle(order, random.below);
    for (const contender of order) await contender.measure(books, round >= 0);
  }
  return Promise.all(contenders.map((contender) => contender.row()));
}

let tables = 0;

class Contender {
  readonly #pool: pg.Pool;
  readonly #text: TextForm;
  readonly #packing: Packing;
  readonly #table: string;
  readonly #times = {
    encode: [] as number[],
    save: [] as number[],
    load: [] as number[],
    decode: [] as number[],
  };

  constructor(pool: pg.Pool, text: TextForm, packing: Packing) {
    this.#pool = pool;
    this.#text = text;
    this.#packing = packing;
    tables += 1;
    this.#table = `form_${tables}`;
  }

  async prepare(): Promise<void> {
    const { type, storage } = this.#packing;
    await this.#pool.query(`CREATE TABLE ${this.#table} (id int PRIMARY KEY, data ${type})`);
    if (storage) await this.#pool.query(`ALTER TABLE ${this.#table} ALTER data SET STORAGE ${storage}`);
  }

  async measure(books: BooksByID, counts: boolean): Promise<void> {
    const [text, encode] = await timed(async () => this.#text.encode(books));
    const [, save] = await timed(() => this.#save(text));
    const [loaded, load] = await timed(() => this.#load());
    const [decoded, decode] = await timed(async () => this.#text.decode(loaded));
    if (decoded.size !== books.size) throw new Error(`${this.#text.name} lost books`);
    if (!counts) return;
    const { encode: encodes, save: saves, load: loads, decode: decodes } = this.#times;
    encodes.push(encode);
    saves.push(save);
    loads.push(load);
    decodes.push(decode);
  }

  async row(): Promise<FormRow> {
    const { rows } = await this.#pool.query(`SELECT pg_column_size(data) AS bytes FROM ${this.#table}`);
    const { encode, save, load, decode } = this.#times;
    return {
      form: `${this.#text.name}, ${this.#packing.name}`,
      storedBytes: Number(rows[0]?.bytes),
      encode: percentilesOf(encode),
      save: percentilesOf(save),
      load: percentilesOf(load),
      decode: percentilesOf(decode),
      cold: percentilesOf(load.map((ms, round) => ms + (decode[round] ?? 0))),
    };
  }

  async #save(text: string): Promise<void> {
    const packed = await this.#packing.pack(text);
    checksum(packed);
    const upsert = `INSERT INTO ${this.#table} VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET data = excluded.data`;
    await this.#pool.query(upsert, [packed]);
  }

  async #load(): Promise<string> {
    const { rows } = await this.#pool.query<[string]>({
      text: `SELECT data FROM ${this.#table} WHERE id = 1`,
      rowMode: 'array',
      types: { getTypeParser: () => (text: string) => text },
    });
    const stored = rows[0]?.[0] ?? '';
    checksum(stored);
    return this.#packing.unpack(stored);
  }
}

function checksum(data: string | Buffer): void {
  createHash('sha256').update(data).digest();
}

function decodeRows(text: string): BooksByID {
  const rows = JSON.parse(text) as (Omit<BookInCirculation, 'addedAt'> & { readonly addedAt: string })[];
  return new Map(rows.map((row) => [row.bookID, { ...row, addedAt: new Date(row.addedAt) }]));
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const since = performance.now();
  const result = await work();
  return [result, performance.now() - since];
}
