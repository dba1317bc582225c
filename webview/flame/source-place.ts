import type { Profile } from '../../server/protocol/profile/profile.ts';
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

/** An address that makes VS Code open the place; null where the file is none of this machine's. */
export function editorAddress({ url, line, column }: SourcePlace): string | null {
  if (!url.startsWith('file:///') || !URL.canParse(url)) return null;
  const { pathname } = new URL(url);
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
