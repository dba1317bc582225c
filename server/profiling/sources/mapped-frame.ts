import type { CallFrame } from '../captured-stacks.ts';
import type { SourceMapping } from './source-frame.ts';

/** A call frame with the name and place of its source, as V8 would write it. */
export function mappedFrame(frame: CallFrame, mapping: SourceMapping): CallFrame {
  const { name, file, line, column } = mapping.frame(frame);
  return {
    functionName: name === '(anonymous)' ? '' : name, // as V8 writes functions without a name
    scriptId: frame.scriptId,
    url: file,
    lineNumber: line - 1,
    columnNumber: column - 1,
  };
}
