import type { Category, ProfileSource } from '../../protocol/profile/profile.ts';
import { isOwnInstrument, isSharedWithInstruments } from './own-instruments.ts';
import type { SourceFrame } from './source-frame.ts';

/** Names that V8 and its tools give to what is no function. A Map: functions may be called `constructor`. */
const META = new Map<string, Category>([
  ['(root)', 'program'],
  ['(program)', 'program'],
  ['(idle)', 'idle'],
  ['(garbage collector)', 'gc'],
  ['Garbage Collection', 'gc'], // of @datadog/pprof
  ['(compiler)', 'compiler'],
  ['(parser)', 'compiler'],
  // As this program names waits: they come back from files that it wrote in formats without categories.
  ['waiting', 'wait'],
  ['waiting for a connection', 'wait'],
  ['waiting for PostgreSQL', 'wait'],
]);

/** V8 tells the file of every function that has one; of other tools, a name without a file tells nothing. */
const FROM_V8: ReadonlySet<ProfileSource> = new Set(['v8-cpu', 'v8-heap', 'v8-log', 'chrome-trace']);

/**
 * What a frame's code is. Code without a file is evaluated text when it has lines, else built into V8, as JSON.parse
 * is. V8 names the code of a regular expression after its text.
 */
export function categoryOf({ name, file, line }: SourceFrame, source: ProfileSource = 'v8-cpu'): Category {
  if (file === '') return META.get(name) ?? withoutFile(name, line, source);
  if (isOwnInstrument(file)) return 'profiler';
  if (file.startsWith('node:')) return 'node';
  if (file.startsWith('wasm:')) return 'wasm';
  if (file.startsWith('evalmachine.')) return 'eval';
  return PACKAGE.test(file) ? 'package' : 'application';
}

/** What Node.js and V8 bring along. Waits, pauses and idleness are nobody's functions. */
const BUILT_IN: ReadonlySet<Category> = new Set(['native', 'node', 'regexp']);

/**
 * What the code of a frame is below that of its caller: an instrument reads the clock and calls what is built in for
 * itself. What it calls of anybody else is theirs again.
 * @param own as `categoryOf` tells it
 */
export function categoryBelow(caller: Category | undefined, own: Category, { file }: SourceFrame): Category {
  if (caller !== 'profiler') return own;
  return BUILT_IN.has(own) || isSharedWithInstruments(file) ? 'profiler' : own;
}

const PACKAGE = /[/\\]node_modules[/\\]/;

function withoutFile(name: string, line: number, source: ProfileSource): Category {
  if (name.startsWith('RegExp: ')) return 'regexp';
  if (!FROM_V8.has(source)) return 'application';
  return line > 0 ? 'eval' : 'native';
}
