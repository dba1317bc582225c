import type { Category, ProfileSource } from '../../protocol/profile/profile.ts';
import { isOwnInstrument } from './own-instruments.ts';
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

const PACKAGE = /[/\\]node_modules[/\\]/;

function withoutFile(name: string, line: number, source: ProfileSource): Category {
  if (name.startsWith('RegExp: ')) return 'regexp';
  if (!FROM_V8.has(source)) return 'application';
  return line > 0 ? 'eval' : 'native';
}
