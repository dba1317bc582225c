import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type AttachOptions, attachAndRecord } from '../../server/profiling/attach/attach-and-record.ts';
import { parseAttachTarget } from '../../server/profiling/attach/attach-target.ts';
import { listeningPorts } from '../../server/profiling/attach/process-facts.ts';

const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

const ports = ['--inspect-port=0'];
const READY = 'process.stdout.write("ready\\n");';
// Recursive: a function that was inlined before anybody looked is shown as a part of its caller.
const BUSY = `${READY} function busyWork(n) { return n < 2 ? n : busyWork(n - 1) + busyWork(n - 2); } setInterval(() => busyWork(27), 1);`;
const ASLEEP = `${READY} setInterval(() => {}, 1000);`;

async function node(code: string, flags: readonly string[] = ports): Promise<ChildProcess & { pid: number }> {
  const child = spawn(process.execPath, [...flags, '-e', code], { stdio: 'pipe' });
  children.push(child);
  const { stdout } = child;
  assert.ok(stdout);
  // As soon as it runs code, it listens for the signal.
  await once(stdout, 'data');
  stdout.resume();
  child.stderr?.resume();
  assert.ok(child.pid !== undefined);
  return Object.assign(child, { pid: child.pid });
}

async function untilClosed(pid: number): Promise<void> {
  const deadline = performance.now() + 10_000;
  while ((await listeningPorts(pid)).size > 0) {
    assert.ok(performance.now() < deadline, 'the inspector stays open');
    await delay(10);
  }
}

function attach(target: string, options: Partial<AttachOptions> = {}) {
  const never = new AbortController().signal;
  return attachAndRecord({
    target: parseAttachTarget(target),
    collector: 'v8-cpu',
    durationSeconds: 0.5,
    samplingIntervalMicros: 1000,
    signal: never,
    enough: never,
    log: () => undefined,
    ...options,
  });
}

function names({ recorded }: Awaited<ReturnType<typeof attach>>): string[] {
  assert.equal(recorded.kind, 'v8-cpu');
  const hit = new Set(recorded.cpuProfile.samples);
  return recorded.cpuProfile.nodes
    .filter(({ id }) => hit.has(id))
    .map(({ callFrame }) => callFrame.functionName);
}

test('a busy process is recorded by its id, and its inspector is closed again', async () => {
  const child = await node(BUSY);
  const capture = await attach(String(child.pid));
  assert.ok(names(capture).includes('busyWork'));
  assert.equal(capture.pid, child.pid);
  assert.equal(capture.nodeVersion, process.version);
  assert.equal(capture.endedBy, 'duration');
  await untilClosed(child.pid);
  assert.equal(child.exitCode, null);
});

test('a process can be recorded twice', async () => {
  const child = await node(BUSY);
  await attach(String(child.pid), { durationSeconds: 0.1 });
  await untilClosed(child.pid);
  const again = await attach(String(child.pid));
  assert.ok(names(again).includes('busyWork'));
});

test('a process that sleeps is recorded as idle', async () => {
  const child = await node(ASLEEP);
  assert.ok(names(await attach(String(child.pid))).includes('(idle)'));
});

test('an inspector that was open before stays open', async () => {
  const child = await node(BUSY, ['--inspect=127.0.0.1:0']);
  const [port] = await listeningPorts(child.pid);
  const byAddress = await attach(`127.0.0.1:${port}`);
  assert.ok(names(byAddress).includes('busyWork'));
  assert.equal(byAddress.pid, child.pid);
  await attach(String(child.pid), { durationSeconds: 0.1 });
  assert.deepEqual([...(await listeningPorts(child.pid))], [port]);
});

test('allocations of a process are recorded with what was collected meanwhile', async () => {
  const child = await node(
    `${READY} function allocateALot() { return Array.from({ length: 20000 }, (_, i) => ({ i })); } setInterval(allocateALot, 5);`,
  );
  const { recorded } = await attach(String(child.pid), { collector: 'v8-heap' });
  assert.equal(recorded.kind, 'v8-heap');
  assert.match(JSON.stringify(recorded.heapProfile), /allocateALot/);
});

test('a process that ends by itself in the middle gives its profile away first', async () => {
  const child = await node(`${BUSY} process.stdin.once('data', () => process.exit(0));`);
  const onProgress = (_step: string, done: number) => {
    if (done > 0.2) child.stdin?.end('end');
  };
  const capture = await attach(String(child.pid), { durationSeconds: 60, onProgress });
  assert.equal(capture.endedBy, 'exit');
  assert.ok(names(capture).includes('busyWork'));
  if (child.exitCode === null) await once(child, 'exit');
});

test('a process that is killed in the middle takes its profile with it, and a sentence says so', async () => {
  const child = await node(BUSY);
  const onProgress = (step: string) => {
    if (step === 'Recording') child.kill('SIGKILL');
  };
  await assert.rejects(attach(String(child.pid), { durationSeconds: 60, onProgress }), {
    code: 'attach_ended',
    message: 'The process ended before its profile could be fetched.',
  });
});

test('a recording that is stopped early keeps what is there', async () => {
  const child = await node(BUSY);
  const enough = new AbortController();
  const onProgress = (_step: string, done: number) => {
    if (done > 0.2) enough.abort();
  };
  const capture = await attach(String(child.pid), { durationSeconds: 60, enough: enough.signal, onProgress });
  assert.equal(capture.endedBy, 'stop');
  assert.ok(names(capture).includes('busyWork'));
});

test('a recording that is cancelled gives nothing and closes the inspector', async () => {
  const child = await node(BUSY);
  const cancel = new AbortController();
  const onProgress = (step: string) => {
    if (step === 'Recording') cancel.abort(new Error('cancelled'));
  };
  await assert.rejects(
    attach(String(child.pid), { durationSeconds: 60, signal: cancel.signal, onProgress }),
    {
      message: 'cancelled',
    },
  );
  await untilClosed(child.pid);
});

test('an inspector that is only just opening when the recording is cancelled is closed', async () => {
  for (const millis of [2, 5, 10, 15, 20, 30, 40]) {
    const child = await node(ASLEEP);
    const signal = AbortSignal.timeout(millis);
    const outcome = attach(String(child.pid), { durationSeconds: 60, signal });
    await assert.rejects(outcome, () => signal.aborted);
    await untilClosed(child.pid);
    // One that opens only now would be taken for one that was open before, and left open.
    await attach(String(child.pid), { durationSeconds: 0.05 });
    await untilClosed(child.pid);
  }
});

const WAITS = "setTimeout(() => require('child_process').execSync('sleep 7'), 200)";

test('a process that waits for another program is recorded when that has ended', {
  skip: process.platform === 'win32',
}, async () => {
  const child = await node(`${READY} ${WAITS}; setInterval(() => {}, 1000);`);
  await untilItHasChildren(child.pid);
  assert.ok(names(await attach(String(child.pid))).includes('(idle)'));
  await untilClosed(child.pid);
});

test('a cancel says so where the inspector opens only later', {
  skip: process.platform !== 'linux',
}, async () => {
  const child = await node(`${READY} ${WAITS}; setInterval(() => {}, 1000);`);
  await untilItHasChildren(child.pid);
  const said: string[] = [];
  const signal = AbortSignal.timeout(1_500);
  const startedAt = performance.now();
  await assert.rejects(attach(String(child.pid), { signal, log: (line) => said.push(line) }));
  assert.ok(performance.now() - startedAt < 4_000);
  assert.match(said.join(), /its inspector opens when it does\. To close it then, run .*inspector/);
});

/** The children of a process, by the system. */
async function untilItHasChildren(pid: number): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'ppid=']);
    if (stdout.split('\n').some((line) => Number(line) === pid)) return;
    assert.ok(performance.now() < deadline, 'it starts none');
    await delay(10);
  }
}

test('a program that is no Node.js is not signalled and lives on', {
  skip: process.platform === 'win32',
}, async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  await assert.rejects(attach(String(child.pid)), {
    code: 'attach_not_node',
    message: /it runs (sleep|coreutils|busybox)/,
  });
  assert.equal(child.signalCode, null);
});

test('a process that does not listen for the signal is not signalled and lives on', {
  skip: process.platform !== 'linux',
}, async () => {
  const child = await node(ASLEEP, ['--disable-sigusr1']);
  await assert.rejects(attach(String(child.pid)), { code: 'attach_inspector_disabled' });
  assert.equal(child.signalCode, null);
});

test("another user's process is left alone, and said to be that", {
  skip: process.getuid?.() !== 0,
}, async () => {
  const child = await node(ASLEEP);
  const source = (name: string) =>
    JSON.stringify(new URL(`../../server/profiling/attach/${name}`, import.meta.url));
  // Loads as root what another user could not read, and goes on as that user.
  const code = `
    const { openInspector } = await import(${source('open-inspector.ts')});
    process.setgid(65534);
    process.setuid(65534);
    await openInspector({ kind: 'pid', pid: ${child.pid} }, { signal: new AbortController().signal, log() {} }).catch(({ code }) => console.log(code));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]);
  assert.equal(stdout.trim(), 'attach_not_allowed');
});

test('a process that is gone is said to be gone', async () => {
  const child = await node('process.stdout.write("ready\\n")');
  if (child.exitCode === null) await once(child, 'exit');
  await assert.rejects(attach(String(child.pid)), {
    code: 'attach_no_process',
    message: `There is no process ${child.pid}.`,
    advice:
      'It may have ended. "ps -A -o pid,args | grep node" lists the Node.js processes of this machine with their ids.',
  });
});

test('an address where nobody listens is told', async () => {
  const child = await node(BUSY, ['--inspect=127.0.0.1:0']);
  const [port] = await listeningPorts(child.pid);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await assert.rejects(attach(`127.0.0.1:${port}`), { code: 'attach_no_inspector' });
});

test('an HTTP server that is no inspector is told apart', async () => {
  const child = await node(
    'require("http").createServer((_, r) => r.end("hello")).listen(0, "127.0.0.1", () => console.log("ready"));',
  );
  const [port] = await listeningPorts(child.pid);
  await assert.rejects(attach(`127.0.0.1:${port}`), { code: 'attach_no_inspector' });
});

test('targets are read as they are written', () => {
  assert.deepEqual(parseAttachTarget('1234'), { kind: 'pid', pid: 1234 });
  assert.deepEqual(parseAttachTarget(':9229'), { kind: 'address', host: '127.0.0.1', port: 9229 });
  assert.deepEqual(parseAttachTarget(' localhost:9230 '), { kind: 'address', host: 'localhost', port: 9230 });
  assert.deepEqual(parseAttachTarget('[::1]:9229'), { kind: 'address', host: '[::1]', port: 9229 });
  assert.deepEqual(parseAttachTarget('ws://127.0.0.1:9229/abc-1'), {
    kind: 'socket',
    host: '127.0.0.1',
    port: 9229,
    url: 'ws://127.0.0.1:9229/abc-1',
  });
});

test('what is no target is refused with a sentence', () => {
  for (const [text, code] of [
    ['', 'attach_bad_target'],
    ['0', 'attach_bad_target'],
    ['2147483648', 'attach_bad_target'],
    ['server.js', 'attach_bad_target'],
    ['127.0.0.1', 'attach_bad_target'],
    ['http://127.0.0.1:9229/', 'attach_bad_target'],
    ['127.0.0.1:0', 'attach_bad_target'],
    [':0', 'attach_bad_target'],
    ['ws://127.0.0.1:0/abc-1', 'attach_bad_target'],
    ['wss://127.0.0.1:9229/abc', 'attach_bad_target'],
    ['127.0.0.1:99999', 'attach_bad_target'],
    ['user@127.0.0.1:9229', 'attach_bad_target'],
    ['example.com:9229', 'attach_not_local'],
    ['127.0.0.1.example.com:9229', 'attach_not_local'],
    ['ws://10.0.0.1:9229/abc', 'attach_not_local'],
  ] as const) {
    assert.throws(() => parseAttachTarget(text), { code }, text);
  }
});
