import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { hostFolder, vscodeFolder } from './host-paths.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface VscodeServerOptions {
  /** Where installed extensions lie; without it there are only the built-in ones. */
  readonly extensionsFolder?: string;
  /** Lets a page name extension tests and hear how they end. The workbench then shows no notification toasts. */
  readonly testDriver?: boolean;
  /** Restricted Mode for every folder. Without it every folder is trusted. */
  readonly restricted?: boolean;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface VscodeServer extends AsyncDisposable {
  /** Host and port, 127.0.0.1 only. */
  readonly authority: string;
  /** Changes settings of every window, the open ones too. */
  set(settings: Readonly<Record<string, unknown>>): Promise<void>;
}

const supervisor = join(hostFolder, 'supervisor.ts');
const STOP_TIMEOUT_MS = 10_000;
const STOP_POLL_MS = 50;

/** Starts a VS Code server on a free port with data of its own. Disposing ends it with its extension hosts. */
export async function startVscodeServer(options: VscodeServerOptions = {}): Promise<VscodeServer> {
  if (!existsSync(join(vscodeFolder, 'out/server-main.js'))) {
    throw new Error('There is no VS Code host: run "node test/host/install.ts".');
  }
  const data = await temporaryFolder('vscode-host');
  await mkdir(join(data.path, 'data/Machine'), { recursive: true });
  await mkdir(join(data.path, 'tmp'));
  let settings = firstSettings(options);
  const set = async (more: Readonly<Record<string, unknown>>) => {
    settings = { ...settings, ...more };
    await writeFile(join(data.path, 'data/Machine/settings.json'), JSON.stringify(settings));
  };
  await set({});
  const child = spawn(execPath, [supervisor, ...serverArguments(data.path, options)], {
    cwd: vscodeFolder,
    env: { ...process.env, ...serverEnvironment(data.path), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A process group of its own, so that extension hosts and watchers can be ended with it.
    detached: true,
  });
  return {
    authority: `127.0.0.1:${await listeningPort(child)}`,
    set,
    [Symbol.asyncDispose]: async () => {
      await stop(child);
      await data[Symbol.asyncDispose]();
    },
  };
}

function firstSettings(options: VscodeServerOptions): Record<string, unknown> {
  return {
    'chat.agentHost.enabled': false,
    'chat.disableAIFeatures': true,
    'extensions.autoCheckUpdates': false,
    'extensions.autoUpdate': false,
    'git.enabled': false,
    'security.workspace.trust.enabled': options.restricted === true,
    'security.workspace.trust.startupPrompt': 'never',
    'telemetry.telemetryLevel': 'off',
    'update.mode': 'none',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'workbench.startupEditor': 'none',
    ...options.settings,
  };
}

function serverArguments(dataFolder: string, options: VscodeServerOptions): string[] {
  return [
    'out/server-main.js',
    ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token'],
    ...['--accept-server-license-terms', '--disable-telemetry'],
    ...(options.restricted === true ? [] : ['--disable-workspace-trust']),
    ...(options.testDriver === true ? ['--enable-smoke-test-driver'] : []),
    ...['--server-data-dir', dataFolder],
    ...(options.extensionsFolder === undefined ? [] : ['--extensions-dir', options.extensionsFolder]),
  ];
}

function serverEnvironment(dataFolder: string): Record<string, string> {
  return {
    // No gallery: otherwise a public one is asked, which costs seconds where it cannot be reached.
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    // VS Code leaves its sockets behind.
    TMPDIR: join(dataFolder, 'tmp'),
    XDG_RUNTIME_DIR: join(dataFolder, 'tmp'),
  };
}

async function listeningPort(child: ChildProcess): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let start = '';
  const read = (chunk: Buffer) => {
    start += String(chunk);
    const port = /Extension host agent listening on (\d+)/.exec(start)?.[1];
    if (port !== undefined) resolve(Number(port));
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`The VS Code server ended with ${code}:\n${start}`)));
  return promise;
}

/** Asks all processes of the group to end, so that extensions can close what they opened, and insists after a while. */
async function stop({ pid }: ChildProcess): Promise<void> {
  if (pid === undefined) return;
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  for (let alive = signalGroup(pid, 'SIGTERM'); alive; alive = signalGroup(pid, 0)) {
    if (performance.now() > deadline) signalGroup(pid, 'SIGKILL');
    await pause(STOP_POLL_MS);
  }
}

/** Whether there was still a process to signal. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
