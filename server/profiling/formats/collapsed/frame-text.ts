import type { CallFrame } from '../../captured-stacks.ts';
import type { SourceFrame } from '../../sources/source-frame.ts';

/** `name (file:line)` or `name (file:line:column)`, as py-spy and this program write functions with their place. */
const WITH_PLACE = /^(.*) \(([^()]*[^():]):(\d{1,9})(?::(\d{1,9}))?\)$/s;

export function frameOfText(text: string): CallFrame {
  const [, name, file, line, column] = WITH_PLACE.exec(text) ?? [];
  if (name === undefined || file === undefined) {
    return { functionName: text, scriptId: '', url: '', lineNumber: -1, columnNumber: -1 };
  }
  return {
    functionName: name,
    scriptId: '',
    url: file,
    lineNumber: Number(line) - 1,
    columnNumber: column === undefined ? -1 : Number(column) - 1,
  };
}

/** The text of a function, without what ends a frame or a line in the format. */
export function textOfFrame({ name, file, line, column }: SourceFrame): string {
  const place = file === '' ? '' : ` (${file}:${line}${column > 0 ? `:${column}` : ''})`;
  const text = `${name}${place}`.replaceAll(';', ':').replaceAll(/[\r\n]+/g, ' ');
  return text.trim() === '' ? '(anonymous)' : text.trim();
}
