import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRunningServer } from '../../server/main/server-lock.ts';
import { workspaceAt } from '../../server/main/workspace.ts';
import { createServerClient } from '../../server/protocol/client.ts';
import { type CliProcess, cli } from './support/profiler-server.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { testDatabase } from './support/test-database.ts';

function interrupt({ child }: CliProcess): void {
  process.kill(-(child.pid ?? 0), 'SIGINT');
}

for (const end of ['the other run ends', 'Ctrl+C'] as const) {
  test(`A "profile" with a server of its own keeps it for the run of another client until ${end}`, async () => {
    await using place = await temporaryDirectory();
    await using store = await testDatabase();
    const args = ['BooksInCirculation', '--iterations', '1000000', '--workspace', place.path];
    await using owner = cli(['profile', ...args, '--database-url', store.url]);
    await owner.said(/Profiling/);
    const running = await findRunningServer(workspaceAt(place.path).serverFile);
    assert.ok(running);
    const client = createServerClient(running);
    await using other = cli(['profile', ...args]);
    await other.said(/Waiting: 1 run ahead\n/);
    await client.cancelRun((await client.runs())[0]?.id ?? '');
    await owner.said(/Waiting for the run of another client: 1 open\n/);
    await other.said(/Profiling/);
    interrupt(end === 'Ctrl+C' ? owner : other);
    assert.equal((await owner.ended).code, end === 'Ctrl+C' ? 130 : 1);
    assert.equal((await other.ended).code, end === 'Ctrl+C' ? 1 : 130);
  });
}
