import { fileURLToPath } from 'node:url';

/**
 * The path of a `file:` URL; undefined for one that names no file here: `%ZZ` is no letter, `%2F` no part of a name, and a
 * path of Linux is none to Windows. URLs come from recordings of other machines.
 */
export function filePathOf(url: string | URL): string | undefined {
  try {
    return fileURLToPath(url);
  } catch (error) {
    if (error instanceof TypeError || error instanceof URIError) return undefined;
    throw error;
  }
}
