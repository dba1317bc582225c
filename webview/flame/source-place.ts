import { CATEGORIES, type Profile } from '../../server/protocol/profile/profile.ts';
import { printable } from './display-name.ts';

/** Where a function stands in the source. */
export interface SourcePlace {
  /** URL as captured. */
  readonly url: string;
  /** 1-based; 0 where unknown. */
  readonly line: number;
  readonly column: number;
}

/** Null for functions without a file, such as those built into the engine. */
export function sourcePlace(profile: Profile, frame: number): SourcePlace | null {
  const { frames, strings } = profile;
  const url = strings[frames.file[frame] ?? 0] ?? '';
  if (url === '') return null;
  return { url, line: frames.line[frame] ?? 0, column: frames.column[frame] ?? 0 };
}

/** `books.ts:42`: the last part of the path, and the line. */
export function shortPlace({ url, line }: SourcePlace): string {
  const path = decoded(url.replace(/[?#].*$/, ''));
  const file = path.slice(path.lastIndexOf('/') + 1) || path;
  return printable(line > 0 ? `${file}:${line}` : file);
}

/** The path without the protocol, and the line. */
export function longPlace({ url, line }: SourcePlace): string {
  const path = decoded(url.replace(/^file:\/\//, ''));
  return printable(line > 0 ? `${path}:${line}` : path);
}

/** The same, to the letter, as another program takes it. */
export function pathToCopy({ url, line }: SourcePlace): string {
  const path = decoded(url.replace(/^file:\/\/(?:\/(?=[A-Za-z]:))?/, ''));
  return line > 0 ? `${path}:${line}` : path;
}

/** `library/books.ts:42`: the path below the folder of the application, or below `node_modules`; else the long one. */
export function placeIn(folder: string, { url, ...rest }: SourcePlace): string {
  const packages = url.lastIndexOf('/node_modules/');
  if (packages >= 0) return longPlace({ url: url.slice(packages + 1), ...rest });
  const isInside = folder !== '' && url.startsWith(folder);
  return longPlace({ url: isInside ? url.slice(folder.length) : url, ...rest });
}

/** The folder, as a URL with a slash at its end, that holds all code of the application; empty where there is none. */
export function applicationFolder({ frames, strings }: Profile): string {
  let common: readonly string[] | null = null;
  for (const file of filesOf(frames.file, frames.category)) {
    const url = strings[file] ?? '';
    if (!url.startsWith('file:///')) continue;
    const folders = url.split('/').slice(0, -1);
    common = common === null ? folders : sharedStart(common, folders);
  }
  // `file:`, two empty parts, and at least one folder: the root of the disk says nothing.
  return common === null || common.length < 4 ? '' : `${common.join('/')}/`;
}

const APPLICATION = CATEGORIES.indexOf('application');

function filesOf(file: Uint32Array, category: Uint8Array): Set<number> {
  return new Set(file.filter((_, frame) => category[frame] === APPLICATION));
}

function sharedStart(one: readonly string[], other: readonly string[]): readonly string[] {
  const differs = one.findIndex((part, at) => part !== other[at]);
  return differs < 0 ? one : one.slice(0, differs);
}

/**
 * An address that makes VS Code open the place; null where the file is none of this machine's. A path that begins with
 * two slashes, in whatever spelling, would be a share of another machine.
 */
export function editorAddress({ url, line, column }: SourcePlace): string | null {
  if (!url.startsWith('file:///') || !URL.canParse(url)) return null;
  const { pathname } = new URL(url);
  if (/^[\\/]{2}/.test(decoded(pathname))) return null;
  return `vscode://file${pathname}:${Math.max(1, line)}:${Math.max(1, column)}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}
