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

// TypeScript, a bundler, a minifier: few builds have a fourth step.
const MOST_STEPS = 8;

export interface MappedScriptOptions {
  /** What ran, where that is not what the file holds. */
  readonly ran?: string | undefined;
  /** Scripts that were made of this one, by URL. */
  readonly madeOfIt?: ReadonlySet<string>;
  /** Told when a source is shown as it stands, although it was made of another one. */
  readonly log?: ((message: string) => void) | undefined;
}

/**
 * A script on the disk together with the source map that it links to, and with those that its sources link to in turn: a
 * bundle of what a compiler made leads to what was written.
 */
export class MappedScript {
  readonly #lines: readonly string[];
  readonly #map: TraceMap;
  /** Sources that were made of others, by URL. */
  readonly #made: ReadonlyMap<string, MappedScript>;

  private constructor(text: string, map: TraceMap, made: ReadonlyMap<string, MappedScript>) {
    this.#lines = text.split('\n');
    this.#map = map;
    this.#made = made;
  }

  /** Undefined when the script links to no map. Rejects when script or map cannot be read. */
  static async load(url: string, options: MappedScriptOptions = {}): Promise<MappedScript | undefined> {
    const text = options.ran ?? (await readFile(fileURLToPath(url), 'utf8'));
    const mark = text.lastIndexOf(MARK);
    if (mark === -1) return undefined;
    const link = text.slice(mark + MARK.length).split(/\s/, 1)[0] ?? '';
    const mapUrl = new URL(link, url);
    // The sources of an inline map are relative to the script.
    const base = mapUrl.protocol === 'data:' ? url : mapUrl.href;
    const map: TraceMap = new FlattenMap(await readMap(mapUrl), base);
    return new MappedScript(text, map, await madeSources(map, url, options));
  }

  /** Undefined where the map knows no source, as for code that the bundler added. */
  frame(frame: CallFrame): SourceFrame | undefined {
    if (frame.lineNumber < 0) return undefined;
    const { source, line, column } = originalPositionFor(this.#map, {
      line: frame.lineNumber + 1,
      column: Math.max(0, frame.columnNumber),
    });
    if (source === null || line === null || column === null) return undefined;
    const own = { name: this.#originalName(frame), file: source, line, column: column + 1 };
    const inSource = {
      ...frame,
      functionName: own.name,
      url: source,
      lineNumber: line - 1,
      columnNumber: column,
    };
    return this.#made.get(source)?.frame(inSource) ?? own;
  }

  /** The 1-based source line where a 1-based line of the script begins, if it lies in that source file. */
  line(file: string, line: number): number | undefined {
    for (const segment of decodedMappings(this.#map)[line - 1] ?? []) {
      if (segment.length === 1) continue;
      const source = this.#map.resolvedSources[segment[1]] ?? '';
      const sourceLine = segment[2] + 1;
      const found = source === file ? sourceLine : this.#made.get(source)?.line(file, sourceLine);
      if (found !== undefined) return found;
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

/** Those of a map's sources that link to maps of their own. */
async function madeSources(
  map: TraceMap,
  url: string,
  { madeOfIt = new Set(), log }: MappedScriptOptions,
): Promise<Map<string, MappedScript>> {
  const made = new Map<string, MappedScript>();
  const behind = new Set([...madeOfIt, url]);
  for (const [at, source] of map.resolvedSources.entries()) {
    if (!MAY_BE_MADE.test(source) || behind.has(source) || behind.size >= MOST_STEPS) continue;
    try {
      const ran = await textWithMark(source, map.sourcesContent?.[at]);
      const script = ran && (await MappedScript.load(source, { ran, madeOfIt: behind, log }));
      if (script) made.set(source, script);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log?.(`Functions of ${source} are shown as they stand in it: ${reason}`);
    }
  }
  return made;
}

/** JavaScript on this disk, installed packages left out: those are read as they run. */
const MAY_BE_MADE = /^file:\/\/\/(?!.*\/node_modules\/).*\.[cm]?js$/;

/** The text of a source with its link to a map. Some bundlers drop it from what they keep of the text; the file has it. */
async function textWithMark(source: string, kept: string | null | undefined): Promise<string | undefined> {
  if (kept?.includes(MARK)) return kept;
  try {
    return await readFile(fileURLToPath(source), 'utf8');
  } catch (error) {
    // A map may outlive what it was made of.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readMap(url: URL): Promise<string> {
  if (url.protocol === 'file:') return readFile(fileURLToPath(url), 'utf8');
  if (url.protocol === 'data:') return (await fetch(url)).text();
  throw new Error(`its source map ${url.href} is not on this disk`);
}
