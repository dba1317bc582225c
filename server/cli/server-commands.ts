import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { listedHandlers } from '../main/listed-handlers.ts';
import { probeServer } from '../main/probe-server.ts';
import { findRunningServer, type ServerRecord } from '../main/server-lock.ts';
import { createServerClient, type ServerClient } from '../protocol/client.ts';
import type { ErrorResponse } from '../protocol/error-response.ts';
import type { HandlerInfo } from '../protocol/handler-info.ts';
import { existingWorkspace } from './existing-workspace.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { handlerList } from './handler-list.ts';
import { printedOutputAdvice } from './printed-output.ts';
import { readWorkspaceConfig } from './workspace-config.ts';

export interface WorkspaceOptions {
  readonly workspace: string;
  readonly json: boolean;
}

export interface HandlersOptions extends WorkspaceOptions {
  /** File that Node was started with. */
  readonly entry: string;
  /** List the fields of their inputs too. */
  readonly verbose: boolean;
}

/** `handlers`: those of the server that runs, else those that a server would have. */
export async function handlersCommand(options: HandlersOptions): Promise<ExitCode> {
  const { workspace, json, verbose } = options;
  const running = await serverOf(workspace);
  const { handlers, fault } = running
    ? await handlersOf(createServerClient(running))
    : await handlersToCome(options);
  const hint = printedOutputAdvice(fault?.code, verbose);
  if (fault !== undefined) console.error([fault.message, fault.advice, hint].filter(Boolean).join('\n'));
  if (json) console.log(JSON.stringify(handlers, null, 2));
  // Without any the fault is all that there is to say.
  else if (handlers.length > 0 || fault === undefined)
    console.log(handlerList(handlers, { withFields: verbose, told: fault?.message }));
  return fault === undefined ? EXIT.ok : EXIT.fault;
}

interface KnownHandlers {
  readonly handlers: readonly HandlerInfo[];
  /** Of the config file. */
  readonly fault?: ErrorResponse | undefined;
}

/** The list first: the config is read for it, and the status tells what came of that. */
async function handlersOf(client: ServerClient): Promise<KnownHandlers> {
  const handlers = await client.handlers();
  const { config } = await client.status();
  return { handlers, fault: config?.error };
}

async function handlersToCome(options: HandlersOptions): Promise<KnownHandlers> {
  const config = await readWorkspaceConfig(options);
  return { handlers: listedHandlers(config), fault: config?.fault };
}

/** `status`: what the server of the workspace is doing, and its address. */
export async function statusCommand({ workspace, json }: WorkspaceOptions): Promise<ExitCode> {
  const running = await serverOf(workspace);
  if (!running) return notRunning(workspace, EXIT.fault);
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
export async function stopCommand({ workspace }: Pick<WorkspaceOptions, 'workspace'>): Promise<ExitCode> {
  const running = await serverOf(workspace);
  if (!running) return notRunning(workspace, EXIT.ok);
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
  return await findRunningServer((await existingWorkspace(workspace)).serverFile);
}

function notRunning(workspace: string, code: ExitCode): ExitCode {
  const sentence = `No server runs for the workspace ${path.resolve(workspace)}.`;
  console.error(
    `${sentence} Start one with "eventstore-profiler start", or name another workspace with --workspace.`,
  );
  return code;
}
