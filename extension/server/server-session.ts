import { setTimeout as pause } from 'node:timers/promises';
import { createServerClient, type ServerClient } from '../../server/protocol/client.ts';
import type { LaunchMessage, ServerStatus } from '../../server/protocol/server-status.ts';
import { faults } from '../faults.ts';
import { UserFault } from '../user-fault.ts';
import { type ServerProcess, type ServerProcessOptions, startServerProcess } from './server-process.ts';
import type { ServerSummary } from './server-state.ts';

/** A server that is ready: one that this window has started, or one that ran on the same data already. */
export interface ServerSession extends ServerSummary {
  readonly client: ServerClient;
  /** Resolves when the server is gone, with how it ended. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export interface SessionOptions extends Omit<ServerProcessOptions, 'onMessage'> {
  readonly onStatus: (status: ServerStatus) => void;
  /** Ends the start. */
  readonly signal: AbortSignal;
}

type Announcement = Exclude<LaunchMessage, { type: 'status' }>;
type AlreadyRunning = Extract<Announcement, { type: 'already-running' }>;
type Wanted = AlreadyRunning['wanted'];

const SILENCE_SECONDS = 60;
const STARTING_POLL_MS = 250;
const ALIVE_POLL_MS = 2000;

/** Starts a server and resolves when it is ready. @throws UserFault that says why it did not get there */
export async function startSession(options: SessionOptions): Promise<ServerSession> {
  const announced = Promise.withResolvers<Announcement>();
  const ready = Promise.withResolvers<ServerStatus>();
  const server = startServerProcess({
    ...options,
    onMessage: (message) => {
      if (message.type !== 'status') return announced.resolve(message);
      options.onStatus(message.status);
      settle(message.status, ready);
    },
  });
  // A start that fails before anybody waits for readiness is reported by the announcement.
  void Promise.allSettled([ready.promise]);
  const failed = failure(server, options.signal, announced.promise);
  try {
    const announcement = await Promise.race([announced.promise, failed]);
    if (announcement.type === 'already-running') return await adopt(announcement, options);
    const { pid } = await Promise.race([ready.promise, failed]);
    const { url } = announcement;
    const client = createServerClient(announcement);
    return { pid, url, client, owned: true, ended: server.ended, stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function settle(status: ServerStatus, ready: PromiseWithResolvers<ServerStatus>): void {
  if (status.state === 'ready') ready.resolve(status);
  if (status.state === 'failed') ready.reject(failedStart(status));
}

function failedStart(status: ServerStatus): UserFault {
  return status.error === undefined ? faults.startFailed(status.state) : new UserFault(status.error);
}

/** Rejects when the process ends, when the start is given up, or when nothing is heard of it. Never resolves. */
async function failure(server: ServerProcess, signal: AbortSignal, heard: Promise<unknown>): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(faults.startSilent(SILENCE_SECONDS)), SILENCE_SECONDS * 1000);
  void heard.then(() => clearTimeout(timer));
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  void server.ended.then((end) => reject(faults.startFailed(end)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

/** Uses the server of another window or of a terminal: it is not ours to stop, and may go at any time. */
async function adopt(running: AlreadyRunning, options: SessionOptions): Promise<ServerSession> {
  const { pid, url, wanted } = running;
  const client = createServerClient(running);
  checkVersion(await client.status({ signal: options.signal }), wanted);
  checkDatabase(await untilReady(client, options), wanted);
  const watch = new AbortController();
  const ended = goneOrLeft(client, watch.signal);
  return { pid, url, client, owned: false, ended, stop: async () => watch.abort() };
}

/** Another version may speak another protocol, and measure otherwise. */
function checkVersion({ version }: ServerStatus, wanted: Wanted): void {
  if (version !== wanted.version) throw faults.otherVersion(version, wanted.version);
}

/** A profile of another database than the settings name would be a wrong answer. */
function checkDatabase({ database }: ServerStatus, { databaseUrlLocation }: Wanted): void {
  if (database === undefined) return;
  const location = database.kind === 'embedded' ? undefined : database.location;
  if (location !== databaseUrlLocation) throw faults.otherDatabase(database.location, databaseUrlLocation);
}

async function untilReady(client: ServerClient, { signal, onStatus }: SessionOptions): Promise<ServerStatus> {
  while (true) {
    const status = await client.status({ signal });
    onStatus(status);
    if (status.state === 'ready') return status;
    if (status.state === 'failed') throw failedStart(status);
    await pause(STARTING_POLL_MS, undefined, { signal });
  }
}

async function goneOrLeft(client: ServerClient, signal: AbortSignal): Promise<string> {
  try {
    while (true) {
      await pause(ALIVE_POLL_MS, undefined, { signal });
      await client.status({ signal });
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
