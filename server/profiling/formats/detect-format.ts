import { MAGIC } from '../../protocol/profile/profile-format.ts';
import type { FileFormat } from './file-format.ts';
import { JsonCursor } from './json/json-cursor.ts';
import { strangerByBeginning, strangerByKey } from './known-strangers.ts';
import { unknownFormat } from './unknown-format.ts';

/** Finds out what a file is by its content, never by its name. Takes unpacked bytes; throws `ProfileFormatError`. */
export function detectFormat(bytes: Uint8Array): FileFormat {
  if (startsWithMagic(bytes)) return 'espp';
  const first = firstNonBlank(bytes);
  if (first === OPEN_LIST && isListOfEvents(bytes)) return 'chrome-trace';
  if (first === OPEN_OBJECT) return jsonFormat(new JsonCursor(bytes));
  const head = bytes.subarray(0, HEAD_BYTES);
  // Text rarely has control characters; the lengths in front of pprof's fields are some.
  if (head.some((byte) => byte < 0x20 && !BLANKS.has(byte)) && !beginsWithStack(bytes)) return 'pprof';
  const text = new TextDecoder().decode(head);
  if (LOG_LINE.test(text)) return 'v8-log';
  const stranger = strangerByBeginning(text);
  if (stranger !== undefined) throw stranger;
  return 'collapsed';
}

const OPEN_LIST = 0x5b;
const OPEN_OBJECT = 0x7b;
const HEAD_BYTES = 4096;
const LONGEST_COUNT = 32;
const LONGEST_LINE = 2 ** 20;
const BLANKS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20]);
const LOG_LINE = /^(?:v8-version|v8-platform|shared-library|code-creation|profiler|tick),/m;

function startsWithMagic(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new Uint32Array(Uint8Array.from(bytes.subarray(0, 4)).buffer)[0] === MAGIC;
}

function firstNonBlank(bytes: Uint8Array): number | undefined {
  return bytes.find((byte) => !BLANKS.has(byte));
}

/** A line of text that ends in a count: names of functions may hold anything, as what colours a terminal. */
function beginsWithStack(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, LONGEST_LINE);
  const end = head.indexOf(0x0a);
  const line = end === -1 ? head : head.subarray(0, end);
  const text = new TextDecoder().decode(line);
  // Of pprof's fields a list of value types comes first, whose tag is the end of a line.
  return line.length > 0 && !/[\0\uFFFD]/.test(text) && /\s\d+$/.test(text.trimEnd().slice(-LONGEST_COUNT));
}

/** Collapsed stacks may begin with a bracket too, as `[unknown];main 3`. */
function isListOfEvents(bytes: Uint8Array): boolean {
  const head = new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES));
  return /^\s*\[\s*(?:\{|\]\s*$)/.test(head);
}

/** Keys by which a file is known, whatever stands around them. */
const BY_KEY = new Map<string, FileFormat>([
  ['nodes', 'cpuprofile'],
  ['timeDeltas', 'cpuprofile'],
  ['traceEvents', 'chrome-trace'],
  ['profiles', 'speedscope'],
  ['shared', 'speedscope'],
  ['code', 'v8-log-json'],
  ['ticks', 'v8-log-json'],
]);

function jsonFormat(cursor: JsonCursor): FileFormat {
  const seen: string[] = [];
  cursor.object('the file');
  for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
    const known = key === 'head' ? headFormat(cursor) : BY_KEY.get(key);
    if (known !== undefined) return known;
    const stranger = strangerByKey(key);
    if (stranger !== undefined) throw stranger;
    if (seen.length < 8) seen.push(JSON.stringify(key.slice(0, 40)));
    cursor.skip();
  }
  throw unknownFormat(`it is JSON of another kind, with ${seen.length > 0 ? seen.join(', ') : 'no fields'}`);
}

const OF_CPU_TREE: ReadonlySet<string> = new Set(['functionName', 'callUID', 'hitCount', 'positionTicks']);

/** Nodes of allocations have sizes, those of the old tree of a CPU profile hits; both may have call frames. */
function headFormat(cursor: JsonCursor): FileFormat {
  if (!cursor.isObject()) throw unknownFormat('"head" holds no tree');
  let hasFrame = false;
  cursor.object('head');
  for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
    if (key === 'selfSize') return 'heapprofile';
    if (OF_CPU_TREE.has(key)) return 'cpuprofile';
    hasFrame ||= key === 'callFrame';
    cursor.skip();
  }
  if (hasFrame) return 'heapprofile';
  throw unknownFormat('"head" holds no tree of functions');
}
