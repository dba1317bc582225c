import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { probeServer } from '../main/probe-server.ts';
import { findRunningServer, type ServerRecord } from '../main/server-lock.ts';
import { workspaceAt } from '../main/workspace.ts';
import { createServerClient } from '../protocol/client.ts';
import { EXAMPLE_HANDLERS } from '../workload/example-handler-list.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { handlerList } from './handler-list.ts';
import { UsageError } from './usage-error.ts';

export interface WorkspaceOptions {
  readonly workspace: string;
  readonly json: boolean;
}

export interface HandlersOptions extends WorkspaceOptions {
  /** List the fields of their inputs too. */
  readonly verbose: boolean;
}

/** `handlers`: those of the server that runs, else those that a server would have. */
export async function handlersCommand(options: HandlersOptions): Promise<ExitCode> {
  const { workspace, json, verbose } = options;
  const running = await serverOf(workspace);
  const handlers = running ? await createServerClient(running).handlers() : EXAMPLE_HANDLERS;
  console.log(json ? JSON.stringify(handlers, null, 2) : handlerList(handlers, { withFields: verbose }));
  return EXIT.ok;
}

/** `status`: what the server of the workspace is doing, and its address. */
export async function statusCommand({ workspace, json }: WorkspaceOptions): Promise<ExitCode> {
  const running = await serverOf(workspace);
  if (!running) return notRunning(EXIT.fault);
  const status = await createServerClient(running).status();
  if (json) {
    console.log(JSON.stringify({ ...status, url: running.url }, null, 2));
    return EXIT.ok;
  }
  const { state, step, pid, database, events } = status;
  console.log(`${state}${step === undefined ? '' : ` (${step})`}, process ${pid}`);
  if (database) console.log(`PostgreSQL ${database.version}, ${database.location}`);
  if (events !== undefined) console.log(`${events.toLocaleString('en-US')} events`);
  console.log(`${running.url}/?token=${running.token}`);
  return EXIT.ok;
}

/** `stop`: resolves when the server is gone. */
export async function stopCommand({ workspace }: WorkspaceOptions): Promise<ExitCode> {
  const running = await serverOf(workspace);
  if (!running) return notRunning(EXIT.ok);
  await createServerClient(running).stop();
  await untilGone(running);
  console.log('Stopped.');
  return EXIT.ok;
}

const STOP_WITHIN_MS = 20_000;
const POLL_MS = 50;

async function untilGone(server: ServerRecord): Promise<void> {
  const deadline = performance.now() + STOP_WITHIN_MS;
  while ((await probeServer(server)) !== 'gone') {
    if (performance.now() > deadline) throw new Error(`Process ${server.pid} does not end`);
    await delay(POLL_MS);
  }
}

/** @throws UsageError when there is no such folder */
async function serverOf(workspace: string): Promise<ServerRecord | undefined> {
  const folder = path.resolve(workspace);
  if (!existsSync(folder)) {
    throw new UsageError(
      `There is no folder ${folder}.`,
      'Give the folder that the server was started for as --workspace.',
    );
  }
  return await findRunningServer(workspaceAt(workspace).serverFile);
}

function notRunning(code: ExitCode): ExitCode {
  console.error('No server runs for this workspace. Start one with "eventstore-profiler start".');
  return code;
}
