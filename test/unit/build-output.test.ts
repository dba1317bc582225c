import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { isNewerThan } from '../../esbuild.fresh.ts';
import { draftOf, removeLeftovers, swapFolder } from '../../esbuild.swap.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

/** A file whose last change lies at this second, as do those of the folders between it and the first. */
async function fileOf(second: number, first: string, ...place: string[]): Promise<string> {
  const file = path.join(first, ...place);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, String(second));
  for (let depth = place.length; depth > 0; depth -= 1)
    await utimes(path.join(first, ...place.slice(0, depth)), second, second);
  return file;
}

test('A build is fresh when it is newer than every source, and stale when one was changed, added or removed', async () => {
  await using folder = await temporaryDirectory();
  const sources = [path.join(folder.path, 'server'), await fileOf(5, folder.path, 'package.json')];
  const deep = await fileOf(8, folder.path, 'server', 'http', 'app.ts');
  const built = path.join(folder.path, 'dist/cli.js');
  assert.equal(await isNewerThan(built, sources), false, 'nothing is built');
  await fileOf(10, folder.path, 'dist', 'cli.js');
  assert.equal(await isNewerThan(built, sources), true);
  await utimes(deep, 11, 11);
  assert.equal(await isNewerThan(built, sources), false, 'a source is newer');
  await utimes(deep, 8, 8);
  await rm(deep);
  assert.equal(await isNewerThan(built, sources), false, 'a source is gone');
});

test('Of builds that end at the same time one is in the place, whole, and nothing else is left', async () => {
  await using folder = await temporaryDirectory();
  const place = path.join(folder.path, 'dist');
  const drafts = await Promise.all(
    [1, 2, 3, 4].map(async (build) => {
      await fileOf(build, folder.path, `draft-${build}`, 'cli.js');
      await fileOf(build, folder.path, `draft-${build}`, 'chunks', 'one.js');
      return path.join(folder.path, `draft-${build}`);
    }),
  );
  await Promise.all(drafts.map((draft) => swapFolder(draft, place)));
  assert.deepEqual(await readdir(folder.path), ['dist']);
  const cli = await readFile(path.join(place, 'cli.js'), 'utf8');
  assert.equal(await readFile(path.join(place, 'chunks/one.js'), 'utf8'), cli);
});

test('What a killed build left is removed, what a living one builds is not', async () => {
  await using folder = await temporaryDirectory();
  const place = path.join(folder.path, 'dist');
  await mkdir(draftOf(place));
  // Above the largest process id of every system.
  await mkdir(`${place}.99999999`);
  await removeLeftovers(place);
  assert.deepEqual(await readdir(folder.path), [path.basename(draftOf(place))]);
});
