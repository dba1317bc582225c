import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CallFrame } from '../captured-stacks.ts';

/** A function as it stands in its source. */
export interface SourceFrame {
  readonly name: string;
  /** A `file:` URL or another script URL; empty where unknown. */
  readonly file: string;
  /** 1-based; 0 where unknown. */
  readonly line: number;
  /** 1-based; 0 where unknown. */
  readonly column: number;
}

/** Finds where the code of scripts stands in its sources. */
export interface SourceMapping {
  frame(frame: CallFrame): SourceFrame;
  /** The source line of a line of the frame's script, both 1-based; undefined when it comes from another source. */
  line(frame: CallFrame, line: number): number | undefined;
}

/** Takes scripts for their own sources. */
export const unmapped: SourceMapping = {
  frame: asCaptured,
  line: (_frame, line) => line,
};

export function asCaptured({ functionName, url, lineNumber, columnNumber }: CallFrame): SourceFrame {
  return {
    name: functionName === '' ? '(anonymous)' : functionName,
    file: scriptUrl(url),
    line: lineNumber + 1,
    column: columnNumber + 1,
  };
}

/** V8 names ES modules by URL and CommonJS modules by path. */
export function scriptUrl(url: string): string {
  return isAbsolute(url) ? pathToFileURL(url).href : url;
}
