import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import * as z from 'zod';
import { writeFileAtomically } from '../lib/write-file-atomically.ts';

const keptAddressSchema = z.object({
  version: z.literal(1),
  port: z.int().min(1).max(65_535),
  token: z.string().min(32),
});

/** Where the last server of a workspace was reached. The next one takes the same place, so that open pages find it. */
export type KeptAddress = Pick<z.infer<typeof keptAddressSchema>, 'port' | 'token'>;

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Undefined where nothing is kept, or what is there may not come from this user's server. */
export async function readKeptAddress(file: string): Promise<KeptAddress | undefined> {
  try {
    if (!(await isPrivate(file))) return undefined;
    return keptAddressSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch (error) {
    if (error instanceof SyntaxError || isMissing(error)) return undefined;
    throw error;
  }
}

/** @throws FileFaultError */
export async function keepAddress(file: string, { port, token }: KeptAddress): Promise<void> {
  await writeFileAtomically(file, `${JSON.stringify({ version: 1, port, token }, null, 2)}\n`, {
    mode: 0o600,
  });
}

/**
 * A token that came with a foreign repository is known to whoever made it. No version control keeps a file that only its
 * user can read, so such a file is ours. Windows has no such modes; there the checks of Host and Origin must do.
 */
async function isPrivate(file: string): Promise<boolean> {
  const stats = await stat(file);
  if (!stats.isFile()) return false;
  if (process.platform === 'win32') return true;
  return (stats.mode & 0o077) === 0 && stats.uid === process.getuid?.();
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
