import type { Category } from '../../protocol/profile/profile.ts';
import type { SourceFrame } from './source-frame.ts';

/** Names that V8 and its tools give to what is no function. A Map: functions may be called `constructor`. */
const META = new Map<string, Category>([
  ['(root)', 'program'],
  ['(program)', 'program'],
  ['(idle)', 'idle'],
  ['(garbage collector)', 'gc'],
  ['(compiler)', 'compiler'],
  ['(parser)', 'compiler'],
]);

/**
 * What a frame's code is. Code without a file is evaluated text when it has lines, else built into V8, as JSON.parse
 * is. V8 names the code of a regular expression after its text.
 */
export function categoryOf({ name, file, line }: SourceFrame): Category {
  if (file === '') return META.get(name) ?? withoutFile(name, line);
  if (file.startsWith('node:')) return 'node';
  if (file.startsWith('wasm:')) return 'wasm';
  if (file.startsWith('evalmachine.')) return 'eval';
  return PACKAGE.test(file) ? 'package' : 'application';
}

const PACKAGE = /[/\\]node_modules[/\\]/;

function withoutFile(name: string, line: number): Category {
  if (name.startsWith('RegExp: ')) return 'regexp';
  return line > 0 ? 'eval' : 'native';
}
