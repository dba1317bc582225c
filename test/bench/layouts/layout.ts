/** One way to lay out the table of events and its indexes. In SQL `{events}` stands for the layout's own table, `{terms}` for its table of terms. */
export interface Layout {
  readonly name: string;
  readonly payload: 'json' | 'jsonb';
  /** What the client gives with each event beside the four columns. */
  readonly terms?: 'text' | 'hash';
  /** Where the terms go: a column of the table, or a table of their own. */
  readonly termsIn?: 'column' | 'table';
  /** Built after a bulk load, there before an insert. */
  readonly indexes: readonly string[];
  /** Finds the events of one book; see `BookKey` for what `lookup` stands for. */
  readonly ofBook: string;
  readonly lookup: keyof BookKey;
  /** Asked for a range of time, too. */
  readonly byTime?: true;
}

/** One book in the forms in which layouts look it up. */
export interface BookKey {
  /** `{"BookID":"…"}` */
  readonly contained: string;
  /** `…` */
  readonly id: string;
  /** `BookID=…` */
  readonly term: string;
  /** `hashtextextended` of the term. */
  readonly hash: string;
}

// `(SELECT …)` keeps one plan for all books; see RawStore.
const byContainment = { ofBook: 'payload::jsonb @> (SELECT $2::jsonb)', lookup: 'contained' } as const;
const byType = 'CREATE INDEX ON {events} (event_type, sequence_number)';
const byTransaction = 'CREATE INDEX ON {events} (transaction_id)';
const usual = [byType, byTransaction];

function gin(expression: string, fastUpdate: 'on' | 'off' = 'off'): string {
  return `CREATE INDEX ON {events} USING gin (${expression}) WITH (fastupdate = ${fastUpdate})`;
}

const contents = gin('(payload::jsonb) jsonb_path_ops');

export const LAYOUTS: readonly Layout[] = [
  {
    name: 'a  GIN jsonb_path_ops on payload::jsonb',
    payload: 'json',
    indexes: [contents, ...usual],
    ...byContainment,
    byTime: true,
  },
  {
    name: 'b  a with fastupdate = on',
    payload: 'json',
    indexes: [gin('(payload::jsonb) jsonb_path_ops', 'on'), ...usual],
    ...byContainment,
  },
  {
    name: 'c  GIN jsonb_ops on payload::jsonb',
    payload: 'json',
    indexes: [gin('(payload::jsonb)'), ...usual],
    ...byContainment,
  },
  {
    name: 'd  payload jsonb, GIN jsonb_path_ops',
    payload: 'jsonb',
    indexes: [gin('payload jsonb_path_ops'), ...usual],
    ofBook: 'payload @> (SELECT $2::jsonb)',
    lookup: 'contained',
  },
  {
    name: 'e  column of terms text[], GIN array_ops',
    payload: 'json',
    terms: 'text',
    termsIn: 'column',
    indexes: [gin('terms'), ...usual],
    ofBook: 'terms @> (SELECT ARRAY[$2::text])',
    lookup: 'term',
  },
  {
    name: 'f  column of hashed terms int8[], GIN array_ops',
    payload: 'json',
    terms: 'hash',
    termsIn: 'column',
    indexes: [gin('terms'), ...usual],
    ofBook: "terms @> (SELECT ARRAY[$2::bigint]) AND payload ->> 'BookID' = $3",
    lookup: 'hash',
  },
  {
    name: 'g  table terms (hash, number), btree',
    payload: 'json',
    terms: 'hash',
    termsIn: 'table',
    indexes: usual,
    ofBook:
      "sequence_number = ANY (ARRAY(SELECT number FROM {terms} WHERE term = $2::bigint)) AND payload ->> 'BookID' = $3",
    lookup: 'hash',
  },
  {
    name: 'h  GIN on (event_type, payload::jsonb), btree_gin',
    payload: 'json',
    indexes: [gin('event_type, (payload::jsonb) jsonb_path_ops'), ...usual],
    ...byContainment,
  },
  {
    name: 'i1 a and BRIN on occurred_at',
    payload: 'json',
    indexes: [contents, ...usual, 'CREATE INDEX ON {events} USING brin (occurred_at)'],
    ...byContainment,
    byTime: true,
  },
  {
    name: 'i2 a and btree on occurred_at',
    payload: 'json',
    indexes: [contents, ...usual, 'CREATE INDEX ON {events} (occurred_at)'],
    ...byContainment,
    byTime: true,
  },
  {
    // Serves one field alone: the limit of what any layout could reach.
    name: "z  btree on (payload ->> 'BookID', number)",
    payload: 'json',
    indexes: ["CREATE INDEX ON {events} ((payload ->> 'BookID'), sequence_number)", ...usual],
    ofBook: "payload ->> 'BookID' = $2",
    lookup: 'id',
  },
];
