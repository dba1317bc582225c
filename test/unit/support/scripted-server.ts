import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createApp } from '../../../server/http/app.ts';
import { BrowserAccess } from '../../../server/http/browser-access.ts';
import { listen } from '../../../server/http/listen.ts';
import type { RunService } from '../../../server/http/run-service.ts';
import type { RunQueue } from '../../../server/jobs/run-queue.ts';
import { ProfilerError } from '../../../server/lib/profiler-error.ts';
import { createServerClient, type ServerClient } from '../../../server/protocol/client.ts';
import { PRODUCT } from '../../../server/protocol/server-status.ts';
import { scriptedQueue } from './scripted-queue.ts';

export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  readonly client: ServerClient;
  readonly queue: RunQueue;
  /** One for each connection that followed a run; aborted when the server has noticed that it is gone. */
  readonly followers: readonly AbortSignal[];
  /** What the server wrote into its log. */
  readonly lines: readonly string[];
  /** A request with the token. */
  get(path: string, init?: RequestInit): Promise<Response>;
}

/** The real routes on a real port; behind them runs that do what their handler's name says. */
export async function scriptedServer(): Promise<ScriptedServer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'esp-'));
  await writeFile(path.join(folder, 'index.html'), '<!doctype html><title>page</title>');
  await writeFile(path.join(folder, 'secret.txt'), 'not for the page');
  const queue = await scriptedQueue(path.join(folder, 'runs'));
  const token = 'the-token-of-this-test';
  const lines: string[] = [];
  const followers: AbortSignal[] = [];
  const runs: RunService = {
    submit: (request) => queue.submit(request),
    list: () => queue.list(),
    find: (id) => queue.find(id),
    cancel: (id) => queue.cancel(id),
    stopRun: (id) => queue.stopRun(id),
    result: (id) => queue.result(id),
    artifact: (id, name) => queue.artifact(id, name),
    follow(id, after, signal) {
      followers.push(signal);
      return queue.follow(id, after, signal);
    },
  };
  const listener = await listen(
    createApp({
      access: new BrowserAccess(token),
      status: () => ({ product: PRODUCT, version: '0', pid: process.pid, state: 'ready' }),
      handlers: async () => [{ name: 'succeed', kind: 'query', summary: 'Succeeds.' }],
      runs: () => runs,
      async checkRequest(request) {
        if (request.kind === 'profile' && request.handler === 'bug')
          throw new Error('postgres://u:secret@h/d broke');
        if (request.kind === 'profile' && request.handler === 'unknown')
          throw new ProfilerError('unknown_handler', 'There is no handler "unknown".', { field: 'handler' });
      },
      stop: () => undefined,
      pages: folder,
      log: (line) => lines.push(line),
    }),
    0,
  );
  return {
    url: listener.url,
    token,
    client: createServerClient({ url: listener.url, token }),
    queue,
    followers,
    lines,
    get: (place, init = {}) => {
      const headers = new Headers(init.headers);
      headers.set('Authorization', `Bearer ${token}`);
      return fetch(`${listener.url}${place}`, { ...init, headers });
    },
    async [Symbol.asyncDispose]() {
      await queue.stop();
      await listener.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
