import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  decodedMappings,
  FlattenMap,
  originalPositionFor,
  type TraceMap,
  traceSegment,
} from '@jridgewell/trace-mapping';
import type { CallFrame } from '../captured-stacks.ts';
import type { SourceFrame } from './source-frame.ts';

const MARK = '//# sourceMappingURL=';

/** A script on the disk together with the source map that it links to. */
export class MappedScript {
  readonly #lines: readonly string[];
  readonly #map: TraceMap;

  private constructor(text: string, map: TraceMap) {
    this.#lines = text.split('\n');
    this.#map = map;
  }

  /**
   * Undefined when the script links to no map. Rejects when script or map cannot be read.
   * @param ran what ran, where that is not what the file holds
   */
  static async load(url: string, ran?: string): Promise<MappedScript | undefined> {
    const text = ran ?? (await readFile(fileURLToPath(url), 'utf8'));
    const mark = text.lastIndexOf(MARK);
    if (mark === -1) return undefined;
    const link = text.slice(mark + MARK.length).split(/\s/, 1)[0] ?? '';
    const mapUrl = new URL(link, url);
    // The sources of an inline map are relative to the script.
    const base = mapUrl.protocol === 'data:' ? url : mapUrl.href;
    return new MappedScript(text, new FlattenMap(await readMap(mapUrl), base));
  }

  /** Undefined where the map knows no source, as for code that the bundler added. */
  frame(frame: CallFrame): SourceFrame | undefined {
    if (frame.lineNumber < 0) return undefined;
    const { source, line, column } = originalPositionFor(this.#map, {
      line: frame.lineNumber + 1,
      column: Math.max(0, frame.columnNumber),
    });
    if (source === null || line === null || column === null) return undefined;
    return { name: this.#originalName(frame), file: source, line, column: column + 1 };
  }

  /** The 1-based source line where a 1-based line of the script begins, if it lies in that source file. */
  line(file: string, line: number): number | undefined {
    for (const segment of decodedMappings(this.#map)[line - 1] ?? []) {
      if (segment.length > 1 && this.#map.resolvedSources[segment[1] ?? -1] === file)
        return (segment[2] ?? 0) + 1;
    }
    return undefined;
  }

  /**
   * A bundler renames what would clash and notes the first name where the new one stands. V8's position is that of
   * the parameters, so the name stands before it on the same line; names of methods are never changed.
   */
  #originalName({ functionName, lineNumber, columnNumber }: CallFrame): string {
    if (functionName === '') return '(anonymous)';
    const line = this.#lines[lineNumber] ?? '';
    for (let at = line.lastIndexOf(functionName, columnNumber); at >= 0; ) {
      const segment = traceSegment(this.#map, lineNumber, at);
      if (segment?.[0] === at && segment.length === 5) return this.#map.names[segment[4]] ?? functionName;
      at = at === 0 ? -1 : line.lastIndexOf(functionName, at - 1);
    }
    return functionName;
  }
}

async function readMap(url: URL): Promise<string> {
  if (url.protocol === 'file:') return readFile(fileURLToPath(url), 'utf8');
  if (url.protocol === 'data:') return (await fetch(url)).text();
  throw new Error(`its source map ${url.href} is not on this disk`);
}
