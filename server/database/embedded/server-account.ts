import { chown, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** The operating system's account that PostgreSQL runs as, when it is not our own. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. Then a new database gets the account `nobody`: initdb wants one with an entry
 * in passwd, and every system has that one. Undefined: PostgreSQL runs as ourselves.
 */
export async function accountForNewData(): Promise<ServerAccount | undefined> {
  return process.getuid?.() === 0 ? nobody() : undefined;
}

/** The account for data that is there already: as root, its owner. */
export async function accountForData(dataDirectory: string): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const { uid, gid } = await stat(dataDirectory);
  return uid === 0 ? nobody() : { uid, gid };
}

/** Gives a file or directory to the account; nothing to do when PostgreSQL runs as ourselves. */
export async function giveTo(account: ServerAccount | undefined, file: string): Promise<void> {
  if (account !== undefined) await chown(file, account.uid, account.gid);
}

/** Whether the account can pass through every directory above the file and read it (a directory: list it). */
export async function canRead(account: ServerAccount, file: string): Promise<boolean> {
  return (await permits(account, file, 0o4)) && canEnter(account, path.dirname(file));
}

/** Whether the account can pass through the directory and every one above it. */
export async function canEnter(account: ServerAccount, directory: string): Promise<boolean> {
  if (!(await permits(account, directory, 0o1))) return false;
  const above = path.dirname(directory);
  return above === directory || canEnter(account, above);
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
