import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { cli } from './support/profiler-server.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

for (const [args, sentence] of [
  [['Nope'], /^There is no handler "Nope"\.\nChoose one of: BooksInCirculation, /],
  [['LentBooks'], /^There is no handler "LentBooks"\. Did you mean "BooksLentOut"\?\n/],
  [['BooksLentByReader', '--input', '{"reader":"r"}'], /of BooksLentByReader/],
] as const) {
  test(`"profile ${args.join(' ')}" is refused before anything is started or created`, async () => {
    await using place = await temporaryDirectory();
    await using run = cli(['profile', ...args, '--workspace', place.path]);
    assert.equal((await run.ended).code, 2);
    assert.match(run.stderr(), sentence);
    assert.deepEqual(await readdir(place.path), []);
  });
}
