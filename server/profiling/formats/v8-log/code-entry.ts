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

/** Line and column end the text. Nothing in these expressions repeats without a bound: a name may be of any length. */
const LINE_AND_COLUMN = /:(\d{1,9}):(\d{1,9})$/;

/**
 * The name of a function, a blank, and where it stands. Both may hold blanks, so the place is known by how it begins; a
 * name may hold slashes, as bundlers name the modules that they wrap.
 */
const FILE = /(?:file:|node:|wasm:|https?:|evalmachine\.|\/|[A-Za-z]:[\\/]|\[)/;
const BLANK_AND_FILE = new RegExp(` ${FILE.source}`);
const STARTS_WITH_FILE = new RegExp(`^${FILE.source}`);

function functionFrame(text: string): CallFrame {
  const end = LINE_AND_COLUMN.exec(text);
  const parts = end === null ? undefined : nameAndFile(text.slice(0, end.index));
  if (end === null || parts === undefined) return { ...metaFrame(text), scriptId: '' };
  return {
    functionName: parts.name,
    scriptId: '',
    url: parts.url,
    lineNumber: Number(end[1]) - 1,
    columnNumber: Number(end[2]) - 1,
  };
}

/** Of a file that begins like no other, what stands behind the first blank. */
function nameAndFile(text: string): { readonly name: string; readonly url: string } | undefined {
  const blank = text.search(BLANK_AND_FILE);
  if (blank === -1 && STARTS_WITH_FILE.test(text)) return { name: '', url: text };
  const cut = blank === -1 ? text.search(/\s/) : blank;
  return text[cut] === ' ' ? { name: text.slice(0, cut), url: text.slice(cut + 1) } : undefined;
}
