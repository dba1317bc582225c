import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { cli } from './support/profiler-server.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

test('The first "profile" says where it creates a database, and takes a name in any case', async () => {
  await using place = await temporaryDirectory();
  const args = ['profile', 'booksInCIRCULATION', '--iterations', '1', '--workspace', place.path];
  await using first = cli(args);
  assert.equal((await first.ended).code, 0, first.stderr());
  const created = /^Creating a database in (.+)$/m.exec(first.stderr())?.[1] ?? '';
  assert.ok(existsSync(path.join(created, 'cluster/PG_VERSION')), first.stderr());
  assert.match(first.stdout(), /^BooksInCirculation: /);
  await using second = cli([...args, '--verbose']);
  assert.equal((await second.ended).code, 0, second.stderr());
  assert.doesNotMatch(second.stderr(), /Creating a database/);
  // The embedded PostgreSQL counts the statements of profiles.
  assert.match(second.stdout(), /What PostgreSQL itself counted during the run[\s\S]*SELECT /);
});
