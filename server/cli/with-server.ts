import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { targetOf } from '../database/database-target.ts';
import { verifyAddress } from '../database/verify-reachable.ts';
import { ProfilerError } from '../lib/profiler-error.ts';
import { findRunningServer } from '../main/server-lock.ts';
import { startServer } from '../main.ts';
import { createServerClient, type ServerClient } from '../protocol/client.ts';
import { ServerRequestError } from '../protocol/server-request-error.ts';
import { existingWorkspace } from './existing-workspace.ts';
import { CancelledError } from './exit-code.ts';
import { listenForInterrupt } from './interrupt.ts';
import { stopOnUncaughtFault } from './last-resort.ts';
import { untilNoRunIsOpen } from './open-runs.ts';
import { seedOf } from './option-values.ts';
import { programFiles } from './program-files.ts';
import type { ProgressLine } from './progress-line.ts';

export interface ServerChoice {
  readonly workspace: string;
  readonly databaseUrl?: string;
  readonly entry: string;
  readonly verbose: boolean;
  /** Asked at the first Ctrl+C; true when that has stopped a run, and nothing is cancelled. */
  readonly softInterrupt?: () => boolean;
}

export type WorkWithServer<T> = (client: ServerClient, signal: AbortSignal) => Promise<T>;

/**
 * Does work with the server of the workspace: the one that runs, else one that is started for the work and stopped
 * behind it, when the runs that other clients have started on it meanwhile are over too.
 * @throws UsageError, DatabaseUnreachableError for what is no address, CancelledError after Ctrl+C
 */
export async function withServer<T>(
  choice: ServerChoice,
  progress: ProgressLine,
  work: WorkWithServer<T>,
): Promise<T> {
  if (choice.databaseUrl !== undefined) verifyAddress(choice.databaseUrl);
  const { serverFile } = await existingWorkspace(choice.workspace);
  const running = await findRunningServer(serverFile);
  if (!running) return await withOwnServer(choice, progress, work);
  const client = createServerClient(running);
  using interrupt = listenForInterrupt(() => process.exit(130), choice.softInterrupt);
  return await cancellable(interrupt.signal, async () => {
    await untilReady(client, progress, interrupt.signal);
    await checkDatabase(client, choice);
    return await work(client, interrupt.signal);
  });
}

async function withOwnServer<T>(
  choice: ServerChoice,
  progress: ProgressLine,
  work: WorkWithServer<T>,
): Promise<T> {
  // Not the whole choice: its --seed is that of the handler's inputs.
  const seed = seedOf(choice.databaseUrl === undefined ? {} : { databaseUrl: choice.databaseUrl });
  const server = await startServer({
    workspace: choice.workspace,
    files: programFiles(choice.entry),
    ...(choice.databaseUrl === undefined ? {} : { databaseUrl: choice.databaseUrl }),
    ...(seed === undefined ? {} : { seed }),
    log(line) {
      if (!choice.verbose) return;
      progress.clear();
      console.error(line);
    },
    onCreatingDatabase(directory) {
      // The log says it as well.
      if (!choice.verbose) progress.note(`Creating a database in ${directory}`);
    },
    onStatus: ({ state, step, progress: share }) => {
      if (state === 'starting' && step !== undefined) progress.show(step, share);
    },
  });
  using _ = stopOnUncaughtFault(
    () => server.stop(),
    () => server.kill(),
  );
  using interrupt = listenForInterrupt(() => server.kill(), choice.softInterrupt);
  try {
    return await cancellable(interrupt.signal, async () => {
      await Promise.race([server.ready, rejectionOf(interrupt.signal)]);
      return await workAndOthers(createServerClient(server), { signal: interrupt.signal, progress, work });
    });
  } finally {
    await server.stop();
  }
}

/** The end of the own work, good or bad, must not end the runs of others. */
async function workAndOthers<T>(
  client: ServerClient,
  options: {
    readonly signal: AbortSignal;
    readonly progress: ProgressLine;
    readonly work: WorkWithServer<T>;
  },
): Promise<T> {
  const { signal, progress, work } = options;
  const say = (line: string) => progress.note(line);
  const [outcome] = await Promise.allSettled([work(client, signal)]);
  if (!signal.aborted) await untilNoRunIsOpen(client, { signal, say });
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

async function cancellable<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw signal.aborted ? new CancelledError('Cancelled', { cause: error }) : error;
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

const POLL_MS = 200;

async function untilReady(client: ServerClient, progress: ProgressLine, signal: AbortSignal): Promise<void> {
  while (true) {
    const { state, step, progress: share, error } = await client.status({ signal });
    if (state === 'ready') return;
    if (error) throw new ServerRequestError(error, 0);
    if (step !== undefined) progress.show(step, share);
    await delay(POLL_MS, undefined, { signal });
  }
}

/** A profile of another database than the one that was asked for would be a wrong answer. */
async function checkDatabase(client: ServerClient, { databaseUrl, workspace }: ServerChoice): Promise<void> {
  if (databaseUrl === undefined) return;
  const { database } = await client.status();
  if (database?.kind === 'url' && database.location === targetOf(databaseUrl).name) return;
  throw new ProfilerError(
    'other_database',
    `The server of the workspace ${path.resolve(workspace)} runs with another database: ${database?.location}.`,
    {
      advice:
        'Stop it with "eventstore-profiler stop" and this workspace, or leave the database URL out: --database-url, or DATABASE_URL in the environment.',
    },
  );
}
