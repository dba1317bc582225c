import path from 'node:path';
import { filePathOf } from '../lib/file-path.ts';
import type { Category } from '../protocol/profile/profile.ts';

export interface Place {
  /** A `file:` URL or another script URL; empty where unknown. */
  readonly file: string;
  /** 1-based; 0 where unknown. */
  readonly line: number;
  /** Null for what is no function. */
  readonly category: Category | null;
}

/** Where a function stands, as a path from here where it lies below; else what kind of code it is. */
export function placeOf({ file, line, category }: Place): string {
  if (file === '') return category ?? '';
  const path = file.startsWith('file:') ? filePathOf(file) : undefined;
  const place = path === undefined ? file : shortened(path);
  return line > 0 ? `${place}:${line}` : place;
}

function shortened(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}
