import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from './support/temporary-directory.ts';

const CLI = path.resolve(import.meta.dirname, '../../server/cli.ts');

const BUSY = `
  console.log('ready');
  function busyWork(n) { return n < 2 ? n : busyWork(n - 1) + busyWork(n - 2); }
  setInterval(() => busyWork(27), 1);
`;

async function busyProcess() {
  const child = spawn(process.execPath, ['--inspect-port=0', '-e', BUSY], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  child.stdout.resume();
  return {
    pid: String(child.pid),
    isRunning: () => child.exitCode === null && child.signalCode === null,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function attach(args: readonly string[], cwd: string): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  execFile(process.execPath, [CLI, 'attach', ...args], { cwd }, (error, stdout, stderr) =>
    resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
  );
  return promise;
}

test('attach shows where a process spends its time, and writes the recording into the folder', async () => {
  await using folder = await temporaryDirectory();
  await using busy = await busyProcess();
  const { code, stdout, stderr } = await attach([busy.pid, '--duration', '500ms'], folder.path);
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    new RegExp(`\\(process ${busy.pid}\\), Node\\.js v\\d+.*: [\\d,.]+ ms, [\\d,]+ samples\\.`),
  );
  assert.match(stdout, /^function +own ms +total ms +share +source$/m);
  assert.match(stdout, /^busyWork +[\d,.]+ +[\d,.]+ +[\d.]+ %/m);
  assert.match(
    stdout,
    /\n\ncost of measuring: about [\d.]+(–[\d.]+)? % of the recorded time \([\d,]+ samples? of [\d.]+(–[\d.]+)? µs\)\n {2}an estimate: .*\n$/,
  );
  const [name = '', ...others] = await readdir(folder.path);
  assert.deepEqual(others, []);
  assert.match(name, new RegExp(`-${busy.pid}-\\d{8}-\\d{6}\\.cpuprofile$`));
  assert.match(stderr, new RegExp(`Written: ${name}`));
  const { nodes } = JSON.parse(await readFile(path.join(folder.path, name), 'utf8'));
  assert.ok(nodes.length > 1);
  assert.ok(busy.isRunning());
});

test('attach writes allocations where it is told to, and facts as JSON', async () => {
  await using folder = await temporaryDirectory();
  await using busy = await busyProcess();
  const args = [
    busy.pid,
    '--collector',
    'v8-heap',
    '--duration',
    '300ms',
    '--out',
    'x.heapprofile',
    '--json',
  ];
  const { code, stdout } = await attach(args, folder.path);
  assert.equal(code, 0);
  const facts = JSON.parse(stdout);
  assert.deepEqual([facts.pid, facts.endedBy, facts.file], [Number(busy.pid), 'duration', 'x.heapprofile']);
  assert.ok('head' in JSON.parse(await readFile(path.join(folder.path, 'x.heapprofile'), 'utf8')));
});

test('Ctrl+C ends attaching early and keeps what is there', async () => {
  await using folder = await temporaryDirectory();
  await using busy = await busyProcess();
  const child = spawn(
    process.execPath,
    [CLI, 'attach', busy.pid, '--duration', '10m', '--out', 'x.cpuprofile'],
    {
      cwd: folder.path,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes('Recording')) child.kill('SIGINT');
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
  assert.match(stdout, /samples?; ended early\./);
  assert.deepEqual(await readdir(folder.path), ['x.cpuprofile']);
  assert.ok(busy.isRunning());
});

test('attach refuses with a sentence, before it touches anything', async () => {
  await using folder = await temporaryDirectory();
  for (const [args, code, sentence] of [
    [['example.com:9229'], 2, 'example.com is not this machine.'],
    [['server.js'], 2, '"server.js" is no process id and no address of an inspector.'],
    [
      ['1', '--duration', '10'],
      2,
      '--duration must be a time with its unit, such as 500ms, 10s or 2m; "10" was given.',
    ],
    [['1', '--collector', '0x'], 2, '--collector must be "v8-cpu" or "v8-heap"; "0x" was given.'],
    [['1', '--out', process.execPath], 2, `${process.execPath} is there already.`],
    [['1', '--out', '.'], 2, '--out needs the name of a file; . is a folder.'],
  ] as const) {
    const ended = await attach(args, folder.path);
    assert.deepEqual([ended.code, ended.stderr.split('\n', 1)[0]], [code, sentence]);
  }
  assert.deepEqual(await readdir(folder.path), []);
});
