import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { CallFrame } from '../../server/profiling/captured-stacks.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** What the program consists of here: what tells categories, being an instrument itself, and a part of the event store. */
const CONTENT = `
  export { loadSourceMapping } from './server/profiling/sources/source-mapping.ts';
  export { categoryOf } from './server/profiling/sources/frame-category.ts';
  export { refuseMixedBounds } from './server/eventstore/event-filter.ts';
`;

/** The program as npm installs it: one script with its source map, the sources elsewhere. */
async function installedAt(folder: string, name: string): Promise<{ file: string; text: string }> {
  const file = path.join(folder, 'node_modules/eventstore-profiler/dist', name);
  const { outputFiles } = await build({
    stdin: { contents: CONTENT, resolveDir: ROOT },
    absWorkingDir: ROOT,
    outfile: path.join(ROOT, 'dist', name),
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    sourcemap: 'linked',
    logLevel: 'silent',
  });
  await mkdir(path.dirname(file), { recursive: true });
  for (const output of outputFiles) {
    await writeFile(path.join(path.dirname(file), path.basename(output.path)), output.contents);
  }
  return { file, text: outputFiles.find((output) => output.path.endsWith('.js'))?.text ?? '' };
}

function frameOf({ file, text }: { file: string; text: string }, declaration: string): CallFrame {
  const lines = text.split('\n');
  const lineNumber = lines.findIndex((line) => line.includes(declaration));
  assert.notEqual(lineNumber, -1, declaration);
  const columnNumber = (lines[lineNumber]?.indexOf(declaration) ?? 0) + declaration.length;
  return { functionName: 'f', scriptId: '7', url: pathToFileURL(file).href, lineNumber, columnNumber };
}

test('Installed below node_modules, the program tells its instruments from its event store by its own source map', async () => {
  await using folder = await temporaryDirectory();
  const installed = await installedAt(folder.path, 'runner.js');
  const instrument = frameOf(installed, 'function isOwnInstrument');
  const eventStore = frameOf(installed, 'function refuseMixedBounds');
  const { loadSourceMapping, categoryOf } = await import(pathToFileURL(installed.file).href);
  const mapping = await loadSourceMapping([instrument, eventStore]);
  const own = mapping.frame(instrument);
  assert.match(
    own.file,
    /\/node_modules\/eventstore-profiler\/server\/profiling\/sources\/own-instruments\.ts$/,
  );
  assert.equal(categoryOf(own), 'profiler');
  assert.match(mapping.frame(eventStore).file, /\/eventstore-profiler\/server\/eventstore\//);
  assert.equal(categoryOf(mapping.frame(eventStore)), 'package');
  const other = {
    ...instrument,
    url: pathToFileURL(path.join(folder.path, 'node_modules/pg/lib/x.js')).href,
  };
  assert.equal(mapping.frame(other).file, other.url);
});
