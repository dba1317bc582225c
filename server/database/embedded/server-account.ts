import { chown, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../error-code.ts';

/** The operating system's account that PostgreSQL runs as, when it is not our own. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. Then it runs as the owner of the data, or as `nobody` when there is no data
 * yet: initdb wants an account with an entry in passwd, and every system has that one. Undefined: as ourselves.
 */
export async function serverAccount(dataDirectory: string): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(dataDirectory).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return nobody();
}

/** Gives a file or directory to the account; nothing to do when PostgreSQL runs as ourselves. */
export async function giveTo(account: ServerAccount | undefined, file: string): Promise<void> {
  if (account !== undefined) await chown(file, account.uid, account.gid);
}

/** Whether the account can pass through every directory above the path and read (a directory: list) what is there. */
export async function canReach(account: ServerAccount, file: string): Promise<boolean> {
  for (let directory = path.dirname(file); ; directory = path.dirname(directory)) {
    if (!(await permits(account, directory, 0o1))) return false;
    if (directory === path.dirname(directory)) break;
  }
  return permits(account, file, 0o4);
}

async function permits(account: ServerAccount, file: string, bit: number): Promise<boolean> {
  const { uid, gid, mode } = await stat(file);
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  return ((mode >> shift) & bit) === bit;
}

async function nobody(): Promise<ServerAccount> {
  const passwd = await readFile('/etc/passwd', 'utf8');
  const [, , uid, gid] = /^nobody:.*$/m.exec(passwd)?.[0].split(':') ?? [];
  // macOS writes -2 for what the kernel calls 4294967294.
  return { uid: Number(uid ?? 65_534) >>> 0, gid: Number(gid ?? 65_534) >>> 0 };
}
