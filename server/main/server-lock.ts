import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { fileFault } from '../lib/file-fault.ts';
import { ProfilerError } from '../lib/profiler-error.ts';
import { writeFileAtomically } from '../lib/write-file-atomically.ts';
import { probeServer } from './probe-server.ts';

/** What `server.json` says about the server of a workspace. Only its user may read it: it holds the token. */
const serverRecordSchema = z.object({
  pid: z.int(),
  // A folder from elsewhere may hold such a file: it must not lead to other machines.
  url: z.string().regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/),
  token: z.string(),
  /** Tells servers apart that had the same token one after the other. */
  instance: z.string().default(''),
});

export type ServerRecord = z.infer<typeof serverRecordSchema>;

/** Another server serves this workspace already. */
export class AlreadyRunningError extends ProfilerError {
  override readonly name = 'AlreadyRunningError';
  readonly server: ServerRecord;

  /** @param file `server.json` of the workspace */
  constructor(server: ServerRecord, file: string) {
    const workspace = path.dirname(path.dirname(path.resolve(file)));
    const message = `A server for the workspace ${workspace} runs already: process ${server.pid} at ${server.url}.`;
    super('already_running', message, {
      advice: `Open ${server.url}/?token=${server.token}, or end it with "eventstore-profiler stop".`,
    });
    this.server = server;
  }
}

/** A process holds the workspace and does not answer. */
class ServerSilentError extends ProfilerError {
  override readonly name = 'ServerSilentError';

  constructor({ pid, url }: ServerRecord) {
    super('server_silent', `Process ${pid} serves this workspace at ${url} but does not answer.`, {
      advice: `End process ${pid} and start again.`,
    });
  }
}

export interface ServerLock {
  release(): Promise<void>;
}

// A server that stops ends its run and its database first; that takes a second, ten if the disk is slow.
const WAIT_FOR_STOPPING_MS = 15_000;
const POLL_MS = 100;

/**
 * Makes this process the one server of a workspace. The file appears whole and only where none is (a hard link), so
 * of two servers that start at once one wins. A file whose server is gone is taken over.
 * @throws AlreadyRunningError, ServerSilentError, FileFaultError
 */
export async function takeServerLock(file: string, mine: ServerRecord): Promise<ServerLock> {
  const deadline = performance.now() + WAIT_FOR_STOPPING_MS;
  while (!(await createExclusively(file, mine))) {
    const other = await readServerRecord(file);
    const state = other === undefined ? 'gone' : await probeServer(other);
    if (other && (state === 'alive' || (state === 'stopping' && performance.now() > deadline))) {
      throw new AlreadyRunningError(other, file);
    }
    if (other && state === 'silent') throw new ServerSilentError(other);
    if (state === 'stopping') await delay(POLL_MS);
    else await removeStale(file, other);
  }
  return {
    async release() {
      if ((await readServerRecord(file))?.instance === mine.instance) await rm(file, { force: true });
    },
  };
}

/** The server of a workspace, if one runs and answers. @throws ServerSilentError */
export async function findRunningServer(file: string): Promise<ServerRecord | undefined> {
  const record = await readServerRecord(file);
  if (!record) return undefined;
  const state = await probeServer(record);
  if (state === 'silent') throw new ServerSilentError(record);
  return state === 'alive' ? record : undefined;
}

/** Whether a process has a workspace in its hands, be it one that does not answer. */
export async function isServed(file: string): Promise<boolean> {
  const record = await readServerRecord(file);
  return record !== undefined && (await probeServer(record)) !== 'gone';
}

async function createExclusively(file: string, record: ServerRecord): Promise<boolean> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFileAtomically(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
    await link(draft, file);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw fileFault(error, file);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Moves the file away and looks again: if a faster starter had replaced it meanwhile, it is put back. */
async function removeStale(file: string, stale: ServerRecord | undefined): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(file, aside);
    const moved = await readServerRecord(aside);
    if (moved !== undefined && !isSame(moved, stale)) await link(aside, file);
  } catch (error) {
    if (!isErrno(error, 'ENOENT') && !isErrno(error, 'EEXIST')) throw fileFault(error, file);
  } finally {
    await rm(aside, { force: true });
  }
}

function isSame(a: ServerRecord, b: ServerRecord | undefined): boolean {
  return a.pid === b?.pid && a.instance === b.instance;
}

/** Undefined when there is no file, or one that no server of ours wrote. */
async function readServerRecord(file: string): Promise<ServerRecord | undefined> {
  try {
    return serverRecordSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR') || error instanceof SyntaxError)
      return undefined;
    throw error;
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
