import type { ServerClient } from '../../../server/protocol/client.ts';
import { type ProfilerServer, profilerServer } from './profiler-server.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { type TestDatabase, testDatabase } from './test-database.ts';

/** A server with the histories of a library in a database of its own, in a workspace of its own. */
export interface ServedLibrary extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly workspace: { readonly path: string };
  readonly server: ProfilerServer;
  readonly client: ServerClient;
}

export async function servedLibrary(events: number): Promise<ServedLibrary> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await testDatabase());
  const workspace = stack.use(await temporaryDirectory());
  const args = ['--database-url', database.url, '--events', String(events)];
  const server = stack.use(profilerServer(workspace.path, { args }));
  const client = await server.ready;
  const owned = stack.move();
  return { database, workspace, server, client, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
