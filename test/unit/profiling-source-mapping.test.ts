import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type BuildOptions, build } from 'esbuild';
import type { CallFrame } from '../../server/profiling/captured-stacks.ts';
import { asCaptured, type SourceMapping } from '../../server/profiling/sources/source-frame.ts';
import { loadSourceMapping } from '../../server/profiling/sources/source-mapping.ts';

const SOURCES = fileURLToPath(new URL('samples/bundled/', import.meta.url));
let directory: string;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'profiling-source-mapping-'));
});
after(() => rm(directory, { recursive: true }));

/** Bundles two sources that both have a `fold`, so that one is renamed; returns the script's path. */
async function bundle(name: string, options: BuildOptions): Promise<string> {
  const outfile = join(directory, name);
  await build({ entryPoints: [join(SOURCES, 'main.ts')], bundle: true, format: 'esm', outfile, ...options });
  return outfile;
}

/** The frame that V8 reports for the function whose parameters stand behind the text: its position is theirs. */
async function frameBehind(script: string, text: RegExp, functionName: string): Promise<CallFrame> {
  const lines = (await readFile(script, 'utf8')).split('\n');
  const lineNumber = lines.findIndex((line) => text.test(line));
  const match = text.exec(lines[lineNumber] ?? '');
  assert.ok(match, `${text} is in ${script}`);
  const columnNumber = match.index + match[0].length;
  return { functionName, scriptId: '7', url: pathToFileURL(script).href, lineNumber, columnNumber };
}

async function load(frames: readonly CallFrame[]): Promise<{ mapping: SourceMapping; logs: string[] }> {
  const logs: string[] = [];
  const mapping = await loadSourceMapping(frames, { log: (message) => logs.push(message) });
  return { mapping, logs };
}

function source(file: string): string {
  return pathToFileURL(join(SOURCES, file)).href;
}

test('a renamed function gets back its name, its file, and its line', async () => {
  const frame = await frameBehind(
    await bundle('linked.mjs', { sourcemap: 'linked' }),
    /function fold2/,
    'fold2',
  );
  const { mapping, logs } = await load([frame]);
  const { name, file, line } = mapping.frame(frame);
  assert.deepEqual({ name, file, line }, { name: 'fold', file: source('main.ts'), line: 4 });
  assert.deepEqual(logs, []);
});

test('a renamed arrow function and a method are found as well', async () => {
  const script = await bundle('arrow.mjs', { sourcemap: 'linked' });
  const arrow = await frameBehind(script, /scale2 = /, 'scale2');
  const method = await frameBehind(script, /^ {2}add/, 'add');
  const { mapping } = await load([arrow, method]);
  assert.deepEqual(mapping.frame(arrow), { name: 'scale', file: source('main.ts'), line: 10, column: 15 });
  assert.deepEqual(mapping.frame(method), { name: 'add', file: source('totals.ts'), line: 15, column: 3 });
});

test('an inline map of a minified script is read too', async () => {
  const script = await bundle('inline.mjs', { sourcemap: 'inline', minify: true });
  const [, short = ''] =
    /function (\w+)\(\w+,\w+\)\{return \w+\*7/.exec(await readFile(script, 'utf8')) ?? [];
  const frame = await frameBehind(script, new RegExp(`function ${short}(?=\\()`), short);
  const { mapping } = await load([frame]);
  assert.deepEqual(mapping.frame(frame), { name: 'fold', file: source('main.ts'), line: 4, column: 17 });
});

test('lines of a script become lines of the source of the same function', async () => {
  const script = await bundle('lines.mjs', { sourcemap: 'linked' });
  const frame = await frameBehind(script, /function fold2/, 'fold2');
  const other = await frameBehind(script, /function fold(?=\()/, 'fold');
  const { mapping } = await load([frame]);
  assert.equal(mapping.line(frame, frame.lineNumber + 2), 6);
  assert.equal(
    mapping.line(frame, other.lineNumber + 2),
    undefined,
    'a line of totals.ts is none of main.ts',
  );
  assert.equal(mapping.line(frame, 100_000), undefined);
});

test('a CommonJS script, which V8 names by its path, is mapped', async () => {
  const script = await bundle('common.cjs', { sourcemap: 'linked', format: 'cjs' });
  const frame = { ...(await frameBehind(script, /function fold2/, 'fold2')), url: script };
  const { mapping } = await load([frame]);
  assert.equal(mapping.frame(frame).file, source('main.ts'));
});

test('code that the bundler added, and V8 frames without a place, stay as they were', async () => {
  const script = await bundle('added.mjs', { sourcemap: 'linked', banner: { js: 'function helper() {}' } });
  const added = await frameBehind(script, /function helper/, 'helper');
  const module = { ...added, functionName: '', lineNumber: -1, columnNumber: -1 };
  const idle = { ...module, functionName: '(idle)', url: '' };
  const { mapping, logs } = await load([added, module, idle]);
  for (const frame of [added, module, idle]) assert.deepEqual(mapping.frame(frame), asCaptured(frame));
  assert.deepEqual(logs, []);
});

/** Compiles the two sources one by one, and makes a bundle of that by a bundler that does not look at their maps. */
async function twoSteps(folder: string, compiler: 'esbuild' | 'tsc', sourcemap: 'linked' | 'inline') {
  const lib = join(directory, folder);
  if (compiler === 'esbuild') {
    const entryPoints = ['main.ts', 'totals.ts'].map((name) => join(SOURCES, name));
    await build({ entryPoints, format: 'esm', outdir: lib, sourcemap, banner: { js: '// compiled' } });
  } else {
    const flags = [
      '--module',
      'esnext',
      '--target',
      'esnext',
      '--moduleResolution',
      'bundler',
      '--ignoreConfig',
    ];
    const maps = sourcemap === 'inline' ? '--inlineSourceMap' : '--sourceMap';
    const rewritten = ['--rewriteRelativeImportExtensions', '--outDir', lib, maps];
    const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
    await promisify(execFile)(process.execPath, [tsc, ...flags, ...rewritten, join(SOURCES, 'main.ts')]);
  }
  return await bundle(`${folder}.mjs`, {
    entryPoints: [join(lib, 'main.js')],
    sourcemap: 'linked',
    plugins: [
      {
        name: 'without-maps',
        setup({ onLoad, onResolve }) {
          onResolve({ filter: /\.[jt]s$/ }, (at) => ({
            path: resolve(at.resolveDir, at.path.replace(/ts$/, 'js')),
          }));
          onLoad({ filter: /\.js$/ }, async ({ path }) => ({
            contents: (await readFile(path, 'utf8')).replace(/\/\/# sourceMappingURL=.*/, ''),
          }));
        },
      },
    ],
  });
}

for (const compiler of ['esbuild', 'tsc'] as const) {
  for (const sourcemap of ['linked', 'inline'] as const) {
    test(`a bundle of what ${compiler} made with ${sourcemap} maps leads to what was written`, async () => {
      const script = await twoSteps(`${compiler}-${sourcemap}`, compiler, sourcemap);
      const frame = await frameBehind(script, /function fold2/, 'fold2');
      const { mapping, logs } = await load([frame]);
      const { name, file, line } = mapping.frame(frame);
      assert.deepEqual({ name, file, line }, { name: 'fold', file: source('main.ts'), line: 4 });
      assert.equal(mapping.line(frame, frame.lineNumber + 2), 6);
      assert.deepEqual(logs, []);
    });
  }
}

test('maps that lead back to where they began come to an end', async () => {
  const script = join(directory, 'circle.js');
  const text = 'function f() {}\n//# sourceMappingURL=circle.js.map';
  await writeFile(script, text);
  const map = { version: 3, sources: ['other.js'], names: [], mappings: 'AAAA' };
  await writeFile(`${script}.map`, JSON.stringify(map));
  await writeFile(join(directory, 'other.js'), text.replace('circle.js.map', 'other.js.map'));
  await writeFile(join(directory, 'other.js.map'), JSON.stringify({ ...map, sources: ['circle.js'] }));
  const frame = await frameBehind(script, /function f/, 'f');
  const { mapping } = await load([frame]);
  assert.equal(mapping.frame(frame).file, pathToFileURL(script).href);
});

test('a source whose own map cannot be read is shown as it stands, and told', async () => {
  const script = await twoSteps('broken-chain', 'esbuild', 'linked');
  await rm(join(directory, 'broken-chain', 'main.js.map'));
  const frame = await frameBehind(script, /function fold2/, 'fold2');
  const { mapping, logs } = await load([frame]);
  assert.match(mapping.frame(frame).file, /broken-chain\/main\.js$/);
  assert.match(logs.join(), /^Functions of file:.*main\.js are shown as they stand in it: ENOENT/);
});

const BROKEN: readonly [string, (script: string) => Promise<unknown>, RegExp][] = [
  ['missing', (script) => rm(`${script}.map`), /ENOENT/],
  ['cut off', (script) => writeFile(`${script}.map`, '{"version":3,"sou'), /JSON/],
  ['of nonsense', (script) => writeFile(`${script}.map`, '{"version":3,"sources":7,"mappings":[]}'), /./],
  [
    'on the network',
    (script) => writeFile(script, '//# sourceMappingURL=http://maps.test/a.map'),
    /is not on this disk/,
  ],
  ['of a script that is gone', (script) => rm(script), /ENOENT/],
];

for (const [how, breakIt, reason] of BROKEN) {
  test(`a source map ${how} leaves the frame as it was and is told`, async () => {
    const script = await bundle(`broken-${how.replaceAll(' ', '-')}.mjs`, { sourcemap: 'linked' });
    const frame = await frameBehind(script, /function fold2/, 'fold2');
    await breakIt(script);
    const { mapping, logs } = await load([frame]);
    assert.deepEqual(mapping.frame(frame), asCaptured(frame));
    assert.equal(mapping.line(frame, 3), 3);
    assert.equal(logs.length, 1);
    assert.match(logs[0] ?? '', /^Functions of file:.* are shown as they stand in the script: /);
    assert.match(logs[0] ?? '', reason);
  });
}

test('scripts without a map, of packages, of other machines and of Node.js are not looked for', async () => {
  const plain = join(directory, 'plain.js');
  await writeFile(plain, 'function f() {}');
  const urls = [
    pathToFileURL(plain).href,
    'file:///app/node_modules/pg/lib/client.js',
    'file://server/share/a.js',
    'node:fs',
    '',
  ];
  const frames = urls.map((url) => ({
    functionName: 'f',
    scriptId: '1',
    url,
    lineNumber: 0,
    columnNumber: 10,
  }));
  const { mapping, logs } = await load(frames);
  for (const frame of frames) assert.deepEqual(mapping.frame(frame), asCaptured(frame));
  assert.deepEqual(logs, []);
});
