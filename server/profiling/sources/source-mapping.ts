import type { CallFrame } from '../captured-stacks.ts';
import { MappedScript } from './mapped-script.ts';
import { isOwnBuild } from './own-instruments.ts';
import { asCaptured, type SourceMapping, scriptUrl } from './source-frame.ts';

/**
 * The text that ran in the place of a file, with its source map inside; undefined for a script that ran as its file has
 * it. @param url `file:` URL of the script
 */
export type TextThatRan = (url: string) => string | undefined;

export interface SourceMappingOptions {
  /** TypeScript that was made into JavaScript when it was loaded is found by it. */
  readonly textThatRan?: TextThatRan;
  /** Told in a sentence when a script stays unmapped because its map is missing or broken. */
  readonly log?: (message: string) => void;
}

/**
 * Loads the source maps (linked or inline) of all scripts on this disk that the frames run in, and those of their sources. A frame becomes the
 * function in its source: the `file:` URL of the `.ts` file, the line, and the name that it has there. Frames of
 * scripts without a map stay as they were, and so do those of installed packages: those are read as they run. This
 * program is mapped wherever it is installed: only its sources tell its instruments from its event store.
 */
export async function loadSourceMapping(
  frames: readonly CallFrame[],
  options: SourceMappingOptions = {},
): Promise<SourceMapping> {
  const urls = new Set(frames.map((frame) => scriptUrl(frame.url)).filter(mayBeMapped));
  const loaded = await Promise.all(Array.from(urls, async (url) => [url, await load(url, options)] as const));
  const scripts = new Map(loaded);
  return {
    frame(frame) {
      const captured = asCaptured(frame);
      return scripts.get(captured.file)?.frame(frame) ?? captured;
    },
    line(frame, line) {
      const script = scripts.get(scriptUrl(frame.url));
      const source = script?.frame(frame);
      return script === undefined || source === undefined ? line : script.line(source.file, line);
    },
  };
}

async function load(
  url: string,
  { log, textThatRan }: SourceMappingOptions,
): Promise<MappedScript | undefined> {
  try {
    const text = textThatRan?.(url);
    if (text === undefined && !isJavaScript(url)) return undefined;
    return await MappedScript.load(url, { ran: text, log });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log?.(`Functions of ${url} are shown as they stand in the script: ${reason}`);
    return undefined;
  }
}

/** A script on this very machine: a URL with a host would be a network drive. */
function mayBeMapped(url: string): boolean {
  if (!url.startsWith('file:///') || !/\.(?:[cm]?[jt]s|tsx)$/.test(url)) return false;
  return !url.includes('/node_modules/') || isOwnBuild(url);
}

/** TypeScript that Node.js ran by itself has its lines and columns where the file has them. */
function isJavaScript(url: string): boolean {
  return /\.[cm]?js$/.test(url);
}
