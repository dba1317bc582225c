import { readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { DataDirectoryInUseError } from './embedded-errors.ts';
import type { HeldServer, HoldOptions } from './held-server.ts';
import { claimLease } from './lease.ts';
import { type PostmasterContext, stopPostmaster } from './postmaster.ts';
import { type PostmasterPid, postmasterPidFile, readPostmasterPid } from './postmaster-pid.ts';
import { identifyPostmaster, isProcessAlive } from './process-identity.ts';

/** The running server, if there is one that answers, is free, and has the settings of today; else it is ended. */
export async function adoptServer(
  context: PostmasterContext,
  options: HoldOptions,
): Promise<HeldServer | undefined> {
  const { cluster, settingsFile } = context.files;
  const record = await settledPid(cluster, options.signal);
  if (record === undefined) return undefined;
  const identity = await identifyPostmaster(record.pid, cluster);
  if (identity === 'none' || identity === 'other') {
    await removeMisleadingPid(cluster, record);
    return undefined;
  }
  const lease = await claimLease(context.files.dataDirectory, options.leaseUrl(record.port)).catch(
    (error: unknown) => {
      if (error instanceof DataDirectoryInUseError) throw error;
      options.log(
        `PostgreSQL runs on the data directory but does not answer (${String(error)}); starting it again`,
      );
      return undefined;
    },
  );
  if (lease !== undefined && (await readFile(settingsFile, 'utf8')) === options.settings) {
    options.log(`Took over PostgreSQL (process ${record.pid}), which an earlier server left running`);
    return { postmaster: { pid: record.pid, port: record.port, exited: undefined }, lease };
  }
  // Where nobody can tell whose process it is, it must not be killed: PostgreSQL's own check decides.
  if (lease !== undefined) await stopPostmaster(context, record.pid);
  else if (identity === 'ours') await stopPostmaster(context, record.pid, 'QUIT');
  await removeMisleadingPid(cluster, record);
  return undefined;
}

/**
 * PostgreSQL refuses to start while a process of the number in postmaster.pid exists under its account: another
 * program, or what remains of a killed server until its parent asks for it (in some containers nobody does).
 */
async function removeMisleadingPid(cluster: string, { pid }: PostmasterPid): Promise<void> {
  const identity = await identifyPostmaster(pid, cluster);
  if (identity === 'ours' || identity === 'unknown' || !isProcessAlive(pid)) return;
  // Another server may have started in the meantime: then the file is its own.
  if ((await readPostmasterPid(cluster))?.pid === pid) await rm(postmasterPidFile(cluster), { force: true });
}

/** postmaster.pid, once the server that it names is neither starting nor stopping any more; waits 30 s at most. */
async function settledPid(cluster: string, signal?: AbortSignal): Promise<PostmasterPid | undefined> {
  const end = performance.now() + 30_000;
  for (;;) {
    signal?.throwIfAborted();
    const record = await readPostmasterPid(cluster);
    if (record === undefined || record.status === 'ready' || performance.now() > end) return record;
    if ((await identifyPostmaster(record.pid, cluster)) !== 'ours') return record;
    await delay(20);
  }
}
