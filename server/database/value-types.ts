import pg from 'pg';

type Parse = (text: string) => unknown;

/**
 * How a column becomes a JavaScript value, for one pool or query (`types`). pg's own table is shared by the whole
 * process, where another library or a user's handler may have changed it; this one stays what it is. Any type that
 * is not listed stays the text that PostgreSQL sent, json and jsonb among them: decoding a payload is the event
 * store's work, and is measured there.
 */
export const valueTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: string) =>
    format === 'binary' ? (bytes: unknown) => bytes : (parsers.get(oid) ?? ((text: string) => text)),
};

const { builtins } = pg.types;

// Taken once, when this module loads: dates before Christ and infinities are pg's business.
const timestamp: Parse = pg.types.getTypeParser(builtins.TIMESTAMPTZ);
const bytes: Parse = pg.types.getTypeParser(builtins.BYTEA);

const parsers: ReadonlyMap<number, Parse> = new Map<number, Parse>([
  [builtins.BOOL, (text) => text === 't'],
  [builtins.INT2, Number],
  [builtins.INT4, Number],
  [builtins.INT8, safeInteger],
  [builtins.OID, Number],
  [builtins.FLOAT4, Number],
  [builtins.FLOAT8, Number],
  [builtins.TIMESTAMPTZ, timestamp],
  [builtins.BYTEA, bytes],
]);

/** Counts and sequence numbers; at a million events a second they leave the exact range after 285 years. */
function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large to be an exact number.`);
  return value;
}
