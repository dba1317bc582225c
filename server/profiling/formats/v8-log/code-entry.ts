import { basename } from 'node:path';
import type { CallFrame } from '../../captured-stacks.ts';
import { metaFrame } from '../call-frames.ts';

/** Code that V8 or the machine can execute. */
export interface CodeEntry {
  readonly frame: CallFrame;
  /** A function of a script; a handler of the interpreter's bytecodes; anything else that was compiled ahead. */
  readonly kind: 'script' | 'handler' | 'native';
}

/** Code that V8 created. `type` and `kind` are its own words: `JS`, `Builtin`, `BytecodeHandler`, `RegExp` … */
export function createdCode(type: string, name: string): CodeEntry {
  if (type === 'RegExp') return { frame: metaFrame(`RegExp: ${name}`), kind: 'native' };
  if (type === 'BytecodeHandler') return { frame: metaFrame(name), kind: 'handler' };
  if (SCRIPT_TYPES.has(type)) return { frame: functionFrame(name), kind: 'script' };
  return { frame: metaFrame(name), kind: 'native' };
}

/** A library, or the program itself, of which only the range of addresses is known. */
export function libraryCode(path: string): CodeEntry {
  return { frame: metaFrame(basename(path.replaceAll('\\', '/'))), kind: 'native' };
}

/** JavaScript, evaluated text and top level code, with the older names of compiled ahead ones. */
const SCRIPT_TYPES = new Set(['JS', 'Eval', 'Script', 'Function', 'LazyCompile']);

/**
 * The name of a function, a blank, and where it stands. Both may hold blanks, so the place is known by how it begins; a
 * name may hold slashes, as bundlers name the modules that they wrap.
 */
const FUNCTION =
  /^(?:(.*?) |)((?:file:|node:|wasm:|https?:|evalmachine\.|\/|[A-Za-z]:[\\/]|\[).*?):(\d{1,9}):(\d{1,9})$/s;
const ANY_PLACE = /^(\S*) (.*):(\d{1,9}):(\d{1,9})$/s;

function functionFrame(text: string): CallFrame {
  const [, name = '', url, line, column] = FUNCTION.exec(text) ?? ANY_PLACE.exec(text) ?? [];
  if (url === undefined) return { ...metaFrame(text), scriptId: '' };
  return {
    functionName: name,
    scriptId: '',
    url,
    lineNumber: Number(line) - 1,
    columnNumber: Number(column) - 1,
  };
}
