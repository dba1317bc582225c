import type { CallFrame } from '../captured-stacks.ts';
import { MappedScript } from './mapped-script.ts';
import { asCaptured, type SourceMapping, scriptUrl } from './source-frame.ts';

export interface SourceMappingOptions {
  /** Told in a sentence when a script stays unmapped because its map is missing or broken. */
  readonly log?: (message: string) => void;
}

/**
 * Loads the source maps (linked or inline) of all scripts on this disk that the frames run in. A frame becomes the
 * function in its source: the `file:` URL of the `.ts` file, the line, and the name that it has there. Frames of
 * scripts without a map stay as they were, and so do those of installed packages: those are read as they run.
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

async function load(url: string, { log }: SourceMappingOptions): Promise<MappedScript | undefined> {
  try {
    return await MappedScript.load(url);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log?.(`Functions of ${url} are shown as they stand in the script: ${reason}`);
    return undefined;
  }
}

/** JavaScript on this very machine: a URL with a host would be a network drive. */
function mayBeMapped(url: string): boolean {
  return url.startsWith('file:///') && /\.[cm]?js$/.test(url) && !url.includes('/node_modules/');
}
