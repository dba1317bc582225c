import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { vscodeFolder } from './host-paths.ts';
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
  /** Everything the server has printed so far. */
  output(): string;
}

const STOP_TIMEOUT_MS = 3000;

/** Starts a VS Code server on a free port with data of its own. Disposing ends it with its extension hosts. */
export async function startVscodeServer(options: VscodeServerOptions = {}): Promise<VscodeServer> {
  if (!existsSync(join(vscodeFolder, 'out/server-main.js'))) {
    throw new Error('There is no VS Code host: run "node test/host/install.ts".');
  }
  const data = await temporaryFolder('vscode-host');
  await writeSettings(data.path, options);
  const child = spawn(execPath, serverArguments(data.path, options), {
    cwd: vscodeFolder,
    env: { ...process.env, ...serverEnvironment(data.path), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that extension hosts and watchers can be ended with it.
    detached: true,
  });
  let output = '';
  const port = await listeningPort(child, (text) => {
    output += text;
  });
  return {
    authority: `127.0.0.1:${port}`,
    output: () => output,
    [Symbol.asyncDispose]: async () => {
      await stop(child);
      await data[Symbol.asyncDispose]();
    },
  };
}

async function writeSettings(dataFolder: string, options: VscodeServerOptions): Promise<void> {
  await mkdir(join(dataFolder, 'data/Machine'), { recursive: true });
  await mkdir(join(dataFolder, 'tmp'));
  const settings = {
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
  await writeFile(join(dataFolder, 'data/Machine/settings.json'), JSON.stringify(settings));
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

async function listeningPort(child: ChildProcess, onOutput: (text: string) => void): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let start = '';
  const read = (chunk: Buffer) => {
    onOutput(String(chunk));
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

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    signalGroup(child, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  }
  signalGroup(child, 'SIGKILL');
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
