import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { cli } from './support/profiler-server.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

test('The first "profile" says where it creates a database, and takes a name in any case', async () => {
  await using place = await temporaryDirectory();
  const args = ['profile', 'booksInCIRCULATION', '--iterations', '1', '--workspace', place.path];
  const words = `Creating a database in ${path.join(place.path, '.eventstore-profiler/postgres')}\n`;
  await using first = cli(args);
  assert.equal((await first.ended).code, 0, first.stderr());
  assert.ok(first.stderr().includes(words), first.stderr());
  assert.match(first.stdout(), /^BooksInCirculation: /);
  await using second = cli(args);
  assert.equal((await second.ended).code, 0, second.stderr());
  assert.ok(!second.stderr().includes(words));
});
