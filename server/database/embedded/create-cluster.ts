import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ClusterDirectory, clusterDirectory, explained } from './cluster-directory.ts';
import { DiskFullError, PostgresStartError, tellsOfFullDisk } from './embedded-errors.ts';
import { type PostgresBinaries, programPath } from './postgres-binaries.ts';
import { runProgram } from './program.ts';
import { giveTo, type ServerAccount } from './server-account.ts';
import { makeWhole } from './staging.ts';

/** The role that owns everything in the embedded database. */
export const superuser = 'postgres';

export interface CreateClusterOptions {
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount | undefined;
  readonly dataDirectory: string;
  readonly signal: AbortSignal | undefined;
}

/** Makes the files of a new database, with a password that nobody else knows. */
export async function createCluster(options: CreateClusterOptions): Promise<void> {
  const { dataDirectory } = options;
  await explained(dataDirectory, () =>
    makeWhole(dataDirectory, (staging) => fillCluster(clusterDirectory(staging), options)),
  );
}

async function fillCluster(files: ClusterDirectory, options: CreateClusterOptions): Promise<void> {
  const { account } = options;
  await mkdir(files.dataDirectory, { mode: 0o700 });
  await giveTo(account, files.dataDirectory);
  await writeFile(files.passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  await giveTo(account, files.passwordFile);
  await runInitdb(files, options);
  await appendFile(
    path.join(files.cluster, 'postgresql.conf'),
    `\ninclude '${path.basename(files.settingsFile)}'\n`,
  );
}

async function runInitdb(files: ClusterDirectory, options: CreateClusterOptions): Promise<void> {
  const { account, signal } = options;
  const initdb = [
    programPath(options.binaries, 'initdb'),
    `--pgdata=${files.cluster}`,
    `--username=${superuser}`,
    `--pwfile=${files.passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    ...localeArguments(options.binaries),
    '--no-instructions',
  ] as const;
  const { exitCode, output } = await runProgram(initdb, { account, cwd: files.dataDirectory, signal });
  if (exitCode === 0) return;
  if (tellsOfFullDisk(output)) throw new DiskFullError(options.dataDirectory);
  throw new PostgresStartError('PostgreSQL could not create its data directory', output.slice(-2000));
}

/** The same order of text on every machine, without the operating system's or ICU's tables. */
function localeArguments({ major }: PostgresBinaries): readonly string[] {
  // The built-in provider came with 17; without it only C is the same everywhere.
  return Number(major) >= 17 ? ['--locale-provider=builtin', '--locale=C.UTF-8'] : ['--locale=C'];
}
