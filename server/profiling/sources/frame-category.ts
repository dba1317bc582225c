import type { Category } from '../../protocol/profile/profile.ts';
import type { SourceFrame } from './source-frame.ts';

/** Names that V8 gives to what is no function. */
const META: Readonly<Record<string, Category>> = {
  '(root)': 'program',
  '(program)': 'program',
  '(idle)': 'idle',
  '(garbage collector)': 'gc',
};

/** What a frame's code is. Code without a file is evaluated text when it has lines, else built into V8, as JSON.parse is. */
export function categoryOf({ name, file, line }: SourceFrame): Category {
  if (file === '') return META[name] ?? (line > 0 ? 'application' : 'native');
  if (file.startsWith('node:')) return 'node';
  return PACKAGE.test(file) ? 'package' : 'application';
}

const PACKAGE = /[/\\]node_modules[/\\]/;
