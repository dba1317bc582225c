import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { RunningServer } from '../../../server/main/running-server.ts';
import { startServer } from '../../../server/main.ts';
import { type TemporaryFolder, temporaryFolder } from '../../host/temporary-folder.ts';

const root = path.resolve(import.meta.dirname, '../../..');

interface ServerSettings {
  /** Folder of the built page. */
  readonly pages: string;
  readonly databaseUrl: string;
  /** Events of an empty store. */
  readonly events?: number;
  /** Text of the config file `eventstore-profiler.config.mjs`. */
  readonly config?: string;
  readonly port?: number;
}

export interface TestServer extends AsyncDisposable {
  readonly server: RunningServer;
  readonly workspace: string;
}

/** A real server in this process, on a workspace of its own. */
export async function testServer({
  pages,
  databaseUrl,
  events = 200,
  port = 0,
  config,
}: ServerSettings): Promise<TestServer> {
  const workspace: TemporaryFolder = await temporaryFolder('webview-workspace');
  if (config !== undefined)
    await writeFile(path.join(workspace.path, 'eventstore-profiler.config.mjs'), config);
  const server = await startServer({
    workspace: workspace.path,
    port,
    databaseUrl,
    ...(events > 0 && { seed: { kind: 'seed', events, seed: 1 } as const }),
    isSeedAsked: true,
    log: () => undefined,
    files: {
      pages,
      runner: path.join(root, 'server/runner.ts'),
      configLoader: path.join(root, 'server/config-loader.ts'),
      migrations: path.join(root, 'migrations'),
    },
  });
  return {
    server,
    workspace: workspace.path,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await workspace[Symbol.asyncDispose]();
    },
  };
}

export interface DashboardPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors of the page, among them violations of its policy. */
  readonly faults: readonly string[];
}

/** The page of a server as a user opens it: by the printed address with the token. */
export async function openDashboard(
  browser: Browser,
  { url, token }: Pick<RunningServer, 'url' | 'token'>,
  options: BrowserContextOptions = {},
): Promise<DashboardPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    // What the server refuses on purpose, and a server that is gone, browsers report as errors too.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      faults.push(message.text());
    }
  });
  await page.goto(`${url}/?token=${token}`);
  return { page, faults, [Symbol.asyncDispose]: () => context.close() };
}
