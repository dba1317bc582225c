const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** One line of a file. */
export interface TextLine {
  /** Counted from 1. */
  readonly number: number;
  /** Without its end, of Windows or not. */
  readonly text: string;
}

/** The lines of a file, one after the other: as one text they would be too long for a large file. */
export function* textLines(bytes: Uint8Array): Generator<TextLine> {
  const decoder = new TextDecoder();
  let number = 0;
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found === -1 ? bytes.length : found;
    const isWindows = end > start && bytes[end - 1] === RETURN;
    yield { number: ++number, text: decoder.decode(bytes.subarray(start, isWindows ? end - 1 : end)) };
    start = end + 1;
  }
}
