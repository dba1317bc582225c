/**
 * How the values of one field are written: `text` as they are, `repeated` for texts of which many are the same (each
 * text once, and where it stands), `whole` for whole numbers, `flag` for true and false, `time` for dates.
 */
export type ColumnKind = 'text' | 'repeated' | 'whole' | 'flag' | 'time';

// Parts of about 2 ms: what waits for the process waits no longer than that.
const ROWS_PER_PART = 8_192;

/** One field of all rows as the text of a JSON array, in parts. */
export function* encodeColumn<Row, Field extends keyof Row>(
  rows: readonly Row[],
  field: Field,
  kind: ColumnKind,
): Generator<string> {
  if (kind === 'repeated') {
    yield* encodeRepeated(rows, field);
    return;
  }
  let before = 0;
  const write = (row: Row): unknown => {
    const value = row[field];
    if (kind === 'flag') return value ? 1 : 0;
    if (!(value instanceof Date)) return value;
    // The difference to the row before: rows in the order of time have small ones.
    const time = value.getTime();
    const difference = time - before;
    before = time;
    return difference;
  };
  yield* arrayInParts(rows, write);
}

/** The texts, and of each row the place of its text among them. */
function* encodeRepeated<Row, Field extends keyof Row>(
  rows: readonly Row[],
  field: Field,
): Generator<string> {
  const places = new Map<unknown, number>();
  yield '[';
  yield* arrayInParts(rows, (row) => {
    const known = places.get(row[field]);
    if (known !== undefined) return known;
    places.set(row[field], places.size);
    return places.size - 1;
  });
  yield ',';
  yield* arrayInParts([...places.keys()], (text) => text);
  yield ']';
}

function* arrayInParts<Item>(items: readonly Item[], write: (item: Item) => unknown): Generator<string> {
  yield '[';
  for (let start = 0; start < items.length; start += ROWS_PER_PART) {
    const part = JSON.stringify(items.slice(start, start + ROWS_PER_PART).map(write)).slice(1, -1);
    yield start === 0 ? part : `,${part}`;
  }
  yield ']';
}

/** @throws TypeError when it is not what `encodeColumn` writes for this kind */
export function decodeColumn(written: unknown, kind: ColumnKind, field: string): readonly unknown[] {
  if (!Array.isArray(written)) throw new TypeError(`The field ${field} is missing.`);
  const values: readonly unknown[] = written;
  switch (kind) {
    case 'text':
      return checked(values, isText, field);
    case 'repeated':
      return decodeRepeated(values, field);
    case 'whole':
      return checked(values, isWhole, field);
    case 'flag':
      return checked(values, isBit, field).map((bit) => bit === 1);
    case 'time':
      return decodeTimes(checked(values, isWhole, field));
  }
}

function decodeRepeated([places, texts]: readonly unknown[], field: string): readonly unknown[] {
  if (!Array.isArray(places) || !Array.isArray(texts)) {
    throw new TypeError(`The field ${field} has no texts.`);
  }
  const known: readonly unknown[] = checked(texts, isText, field);
  const decoded = new Array<unknown>(places.length);
  for (let row = 0; row < places.length; row += 1) {
    const text = known[places[row]];
    if (text === undefined) throw wrongValue(field, row);
    decoded[row] = text;
  }
  return decoded;
}

function decodeTimes(differences: readonly number[]): readonly Date[] {
  let time = 0;
  return differences.map((difference) => {
    time += difference;
    return new Date(time);
  });
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isBit(value: unknown): value is 0 | 1 {
  return value === 0 || value === 1;
}

function checked<Value>(
  values: readonly unknown[],
  is: (value: unknown) => value is Value,
  field: string,
): readonly Value[] {
  for (let row = 0; row < values.length; row += 1) {
    if (!is(values[row])) throw wrongValue(field, row);
  }
  return values as readonly Value[];
}

function wrongValue(field: string, row: number): TypeError {
  return new TypeError(`The field ${field} has no value of its kind in row ${row}.`);
}
