import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { bubbleprofSummary } from '../../server/profiling/external/bubbleprof-summary.ts';
import { doctorVerdict } from '../../server/profiling/external/doctor-verdict.ts';
import { findTool } from '../../server/profiling/external/find-tool.ts';
import { groupLifeline } from '../../server/profiling/external/group-lifeline.ts';
import { tierShares } from '../../server/profiling/external/tier-shares.ts';
import { withoutNetwork } from '../../server/profiling/external/tool-page.ts';
import { startTool, type ToolCommand } from '../../server/profiling/external/tool-process.ts';
import { readPreprocessedLog } from '../../server/profiling/formats/v8-log/read-preprocessed-log.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const here = import.meta.filename;

async function installed(folder: string, manifest: object, name = 'sometool'): Promise<void> {
  const place = path.join(folder, 'node_modules', name);
  await mkdir(place, { recursive: true });
  await writeFile(path.join(place, 'package.json'), JSON.stringify({ name, ...manifest }));
}

test('a tool of the workspace is taken before that of the product', async () => {
  await using workspace = await temporaryDirectory();
  await using product = await temporaryDirectory();
  await installed(workspace.path, { version: '2.0.0', bin: 'tool.js' });
  await installed(product.path, { version: '1.0.0', bin: 'tool.js' });
  const installation = path.join(product.path, 'dist.js');
  const found = await findTool('sometool', { workspace: workspace.path, installation });
  assert.equal(found.version, '2.0.0');
  assert.ok(found.program.endsWith(path.join('node_modules', 'sometool', 'tool.js')));
  await using other = await temporaryDirectory();
  assert.equal((await findTool('sometool', { workspace: other.path, installation })).version, '1.0.0');
});

test('a tool with several commands is found by its own', async () => {
  await using workspace = await temporaryDirectory();
  await installed(workspace.path, { version: '1.0.0', bin: { other: 'other.js', sometool: 'mine.js' } });
  const { program } = await findTool('sometool', { workspace: workspace.path, installation: here });
  assert.equal(path.basename(program), 'mine.js');
});

test('both tools are found in a checkout of the product', async () => {
  await using workspace = await temporaryDirectory();
  for (const name of ['0x', 'clinic']) {
    const { program } = await findTool(name, { workspace: workspace.path, installation: here });
    assert.match(await readFile(program, 'utf8'), /^#!/);
  }
});

test('a missing tool is missed with the command that installs it', async () => {
  await using workspace = await temporaryDirectory();
  const places = { workspace: workspace.path, installation: path.join(workspace.path, 'dist.js') };
  await assert.rejects(findTool('0x', places), {
    code: 'tool_missing',
    message: `0x is installed neither in ${workspace.path} nor with this product.`,
    advice: 'Install it in your project: npm i -D 0x',
  });
});

test('a package without the command is called unusable', async () => {
  await using workspace = await temporaryDirectory();
  await installed(workspace.path, { version: '1.0.0', bin: { other: 'other.js' } });
  await assert.rejects(findTool('sometool', { workspace: workspace.path, installation: here }), {
    code: 'tool_unusable',
  });
});

interface Running {
  readonly folder: string;
  readonly signal?: AbortSignal;
  readonly onLine?: ToolCommand['onLine'];
}

async function tool(code: string, { folder, signal, onLine }: Running) {
  const lifeline = path.join(folder, 'lifeline.cjs');
  const program = path.join(folder, 'tool.cjs');
  await writeFile(lifeline, groupLifeline);
  await writeFile(program, code);
  return startTool({
    title: 'Sometool',
    args: [program],
    lifeline,
    cwd: folder,
    env: process.env,
    signal: signal ?? new AbortController().signal,
    onLine: onLine ?? (() => false),
  });
}

/** A child of the tool that holds a port, so that one can see from outside whether it lives. */
const WITH_CHILD = `
  require('node:child_process').spawn(process.execPath, ['-e',
    'require("net").createServer().listen(0, "127.0.0.1", function () { console.log("port " + this.address().port) })'],
    { stdio: 'inherit' });
  setInterval(() => {}, 1000);
`;

async function isTaken(port: number): Promise<boolean> {
  const server = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  server.once('error', (error: NodeJS.ErrnoException) =>
    error.code === 'EADDRINUSE' ? resolve(true) : reject(error),
  );
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
  return await promise;
}

async function untilFree(port: number): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (await isTaken(port)) {
    assert.ok(performance.now() < deadline, 'what the tool had started lives on');
    await delay(10);
  }
}

test('a tool that ends well is over', async () => {
  await using folder = await temporaryDirectory();
  const running = await tool('console.log("done")', { folder: folder.path });
  await running.ended;
});

test('a tool that crashes is told in a sentence with its last words and without its stack', async () => {
  await using folder = await temporaryDirectory();
  const running = await tool('throw new Error("the flux is too low")', { folder: folder.path });
  await assert.rejects(running.ended, {
    code: 'tool_crashed',
    message: 'Sometool ended with exit code 1: Error: the flux is too low',
  });
});

test('a full disk is called that', async () => {
  await using folder = await temporaryDirectory();
  const code = 'console.error("Error: ENOSPC: no space left on device, write"); process.exitCode = 1;';
  const running = await tool(code, { folder: folder.path });
  await assert.rejects(running.ended, { code: 'disk_full', message: /the disk is full/ });
});

test('lines that are meant for somebody else are no words of the tool', async () => {
  await using folder = await temporaryDirectory();
  const taken: string[] = [];
  const onLine = (line: string) => line.startsWith('news ') && taken.push(line) > 0;
  const code = 'console.error("it fails"); console.error("news error"); process.exitCode = 3;';
  const running = await tool(code, { folder: folder.path, onLine });
  await assert.rejects(running.ended, { message: 'Sometool ended with exit code 3: it fails' });
  assert.deepEqual(taken, ['news error']);
});

test('cancelling a tool ends everything that it has started', async () => {
  await using folder = await temporaryDirectory();
  const cancel = new AbortController();
  const port = Promise.withResolvers<number>();
  const onLine = (line: string) => {
    if (line.startsWith('port ')) port.resolve(Number(line.slice(5)));
    return false;
  };
  const running = await tool(WITH_CHILD, { folder: folder.path, signal: cancel.signal, onLine });
  const taken = await port.promise;
  cancel.abort(new Error('cancelled'));
  await assert.rejects(running.ended, { message: 'cancelled' });
  await untilFree(taken);
});

test('a tool that takes too long is ended and says what it was doing', async () => {
  await using folder = await temporaryDirectory();
  const started = Promise.withResolvers<void>();
  const onLine = () => {
    started.resolve();
    return false;
  };
  const code = 'console.log("Reading"); setInterval(() => {}, 1000);';
  const running = await tool(code, { folder: folder.path, onLine });
  await started.promise;
  running.limit(1, 'drawing');
  await assert.rejects(running.ended, {
    code: 'tool_timed_out',
    message: 'Sometool was ended: drawing took longer than 0.001 s. Its last words: Reading',
  });
});

test('a tool and what it has started end with the process that started it, however that went', async () => {
  await using folder = await temporaryDirectory();
  const lifeline = path.join(folder.path, 'lifeline.cjs');
  const program = path.join(folder.path, 'tool.cjs');
  await writeFile(lifeline, groupLifeline);
  await writeFile(program, WITH_CHILD);
  const parent = spawn(
    process.execPath,
    [
      '-e',
      `require('node:child_process').spawn(process.execPath, ['--require', ${JSON.stringify(lifeline)}, ${JSON.stringify(program)}],
        { detached: true, stdio: ['pipe', 'inherit', 'inherit'] }); setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const port = Number(String(line).slice(5));
  assert.ok(await isTaken(port));
  parent.kill('SIGKILL');
  await untilFree(port);
});

test('a page may ask nobody for anything', () => {
  const page =
    '<html><head lang="en"><title>x</title></head><body>urls:["https://clinicjs.org/assets/css/fonts.css"]</body>';
  const kept = withoutNetwork(page);
  assert.match(
    kept,
    /<head lang="en">\n<meta http-equiv="Content-Security-Policy" content="default-src 'none';/,
  );
  assert.doesNotMatch(kept, /fonts\.css/);
});

function page(data: unknown): string {
  return `<html><script type="application/json" id="clinic-data">${JSON.stringify(data)}</script></html>`;
}

test("the doctor's verdict is read from its page", () => {
  const stat = (delay: number, cpu: number) => ({
    delay,
    cpu,
    memory: { rss: 100 * 2 ** 20, heapUsed: 50 * 2 ** 20 },
    handles: 3,
  });
  const analysis = {
    issues: { delay: 'performance', cpu: 'none', memory: { rss: 'none' }, handles: 'none' },
    issueCategory: 'event-loop',
  };
  assert.deepEqual(doctorVerdict(page({ analysis, processStat: [stat(1, 0.5), stat(99, 1.5)] })), [
    'Clinic Doctor: event-loop - long synchronous work keeps the event loop from going on; a CPU profile shows which.',
    'CPU: 100.0 % of a core.',
    'Event loop: late by 50.0 ms on average, by 99.0 ms at most; this is what the verdict rests on.',
    'Memory: up to 100 MB in all, 50 MB of it on the heap.',
    'Open handles: up to 3.',
  ]);
  assert.deepEqual(doctorVerdict('<html></html>'), []);
});

test('bubbleprof tells which places waited longest while the handler was executed', async () => {
  const frames = (fileName: string) => [
    { functionName: 'internal', fileName: 'node:net', lineNumber: 1, columnNumber: 1 },
    { functionName: 'ask', fileName, lineNumber: 7, columnNumber: 1 },
  ];
  const source = (init: number, ...before: number[]) => ({ init, before });
  const nodes = [
    { type: 'TCPWRAP', frames: frames('../x/file:/app/a.js'), sources: [source(10, 20), source(20, 50, 60)] },
    { type: 'PROMISE', frames: frames('../lib/b.js'), sources: [source(10, 15), source(17), source(0, 900)] },
    { type: 'PROMISE', frames: [{ fileName: 'node:net' }], sources: [source(10, 500)] },
  ];
  const html = page({ data: [{ nodes }] });
  assert.deepEqual(await bubbleprofSummary({ html, from: 10, to: 100 }), [
    'Clinic Bubbleprof: 5 asynchronous operations begun while the handler was executed.',
    '2 times something was begun in ask at /app/a.js:7, and waited 20.0 ms on average.',
    '1 time something was begun in ask at lib/b.js:7, and waited 5.00 ms on average.',
  ]);
});

test('bubbleprof without a record of the executions says whether there was nothing or nothing was noted', async () => {
  const at = (...begun: number[]) =>
    page({ data: [{ nodes: [{ frames: [], sources: begun.map((init) => ({ init })) }] }] });
  const noted = async (...begun: number[]) =>
    (await bubbleprofSummary({ html: at(...begun), from: 1_000, to: 2_000 }))[0];
  assert.equal(
    await noted(0, 200, 400),
    'Clinic Bubbleprof noted 2 asynchronous operations, the last of them 600 ms before the first execution, and nothing from there on: its page shows how the process started, not the handler.',
  );
  assert.match((await noted(0, 200, 2_001)) ?? '', /the handler began no asynchronous operation/);
  assert.match((await noted(0)) ?? '', /noted no asynchronous operation at all\. .*--collector v8-cpu/);
});

test('functions of a tick log are told from their places, whatever their names hold', () => {
  const functions = [
    ['fib file:///app/a.js:2:3', 'fib', 'file:///app/a.js'],
    [' /app/my app/a.js:2:3', '', '/app/my app/a.js'],
    [
      'node_modules/pg/lib/client.js file:///app/bundle.js:2:3',
      'node_modules/pg/lib/client.js',
      'file:///app/bundle.js',
    ],
    ['get value node:internal/url:2:3', 'get value', 'node:internal/url'],
  ] as const;
  const code = functions.map(([name]) => ({ name, type: 'JS', kind: 'Opt' }));
  const ticks = functions.map((_, at) => ({ tm: at, vm: 0, s: [at, 0] }));
  const { stacks } = readPreprocessedLog(Buffer.from(JSON.stringify({ code, ticks })), { name: 'log' });
  for (const [at, [, functionName, url]] of functions.entries()) {
    const frame = stacks.callFrames[stacks.nodes.frame[stacks.samples.node[at] ?? 0] ?? 0];
    assert.deepEqual([frame?.functionName, frame?.url, frame?.lineNumber], [functionName, url, 1]);
  }
});

test('ticks are told by the tier of the code that ran, waiting left out', () => {
  const code = [
    { type: 'JS', kind: 'Opt' },
    { type: 'JS', kind: 'Unopt' },
    { type: 'CODE', kind: 'BytecodeHandler' },
    { type: 'CPP' },
  ];
  const tick = (tm: number, vm: number, ...codes: number[]) => ({
    tm,
    vm,
    s: codes.flatMap((at) => [at, 0]),
  });
  const ticks = [
    tick(1, 0, 0),
    tick(5, 0, 0, 1),
    tick(6, 0, 2, 1),
    tick(7, 6, 3, 0),
    tick(8, 1, 3),
    tick(9, 8, 3),
    tick(99, 0, 0),
  ];
  const json = Buffer.from(JSON.stringify({ code, ticks }));
  assert.deepEqual(tierShares(json, { from: 2, to: 50 }), [
    'On the CPU at 4 ticks: 25.0 % optimised code (TurboFan), 25.0 % interpreted, 25.0 % native code, 25.0 % garbage collection.',
  ]);
  assert.deepEqual(tierShares(json, { from: 100, to: 200 }), []);
});
