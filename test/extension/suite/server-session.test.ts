import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chooseNode } from '../../../extension/server/choose-node.ts';
import { type SessionOptions, startSession } from '../../../extension/server/server-session.ts';
import type { ServerStatus } from '../../../server/protocol/server-status.ts';

/** What a server could say, from small scripts in its place: the real one cannot be made to say all of it. */
describe('the start of a server', () => {
  it('fails with the way in which the server ended', async () => {
    await assert.rejects(start('process.exit(3)'), { code: 'server_start', message: /exit code 3/ });
  });

  it('fails with a sentence when the executable is not there', async () => {
    const node = { command: '/nowhere/node', version: '24.0.0', env: {}, why: 'of the test' };
    await assert.rejects(start('', { node }), { code: 'server_start', message: /ENOENT/ });
  });

  it("fails with the server's own sentence and advice", async () => {
    const error = { code: 'database_unreachable', message: 'No PostgreSQL answers.', advice: 'Start it.' };
    await assert.rejects(
      start(`${listening}; ${says({ ...status('failed'), error })}; ${untilParentGoes}`),
      error,
    );
  });

  it('tells each step on the way to ready', async () => {
    const told: string[] = [];
    const onStatus = ({ state, step, progress }: ServerStatus) => told.push(`${state} ${step} ${progress}`);
    const seeding: ServerStatus = { ...status('starting'), step: 'seeding', progress: 0.5 };
    const script = `${listening}; ${says(seeding)}; ${says(status('ready'))}; ${untilParentGoes}`;
    const session = await start(script, { onStatus });
    assert.deepEqual(told, ['starting seeding 0.5', 'ready undefined undefined']);
    assert.equal(session.owned, true);
    await session.stop();
  });

  it('writes every line of the server, the last one without an end too', async () => {
    const lines: string[] = [];
    const onLine = (line: string, stream: string) => lines.push(`${stream} ${line}`);
    const script = `console.log('one'); console.error('two'); process.stdout.write('three')`;
    await assert.rejects(start(script, { onLine }), { code: 'server_start' });
    assert.deepEqual(lines.sort(), ['stderr two', 'stdout one', 'stdout three']);
  });

  it('closes the channel to stop the server and waits for its end', async () => {
    const session = await start(`${listening}; ${says(status('ready'))}; ${untilParentGoes}`);
    await session.stop();
    assert.equal(await session.ended, 'exit code 7');
  });

  it('ends the server when the start is given up', async () => {
    const abort = new AbortController();
    const line = Promise.withResolvers<string>();
    const started = start(`console.log(process.pid); ${listening}; ${untilParentGoes}`, {
      signal: abort.signal,
      onLine: line.resolve,
    });
    const pid = Number(await line.promise);
    abort.abort(new Error('given up'));
    await assert.rejects(started, { message: 'given up' });
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });

  it('uses a server that runs already, and notices when that one goes', async () => {
    const { other, url } = await runningServer(status('ready'));
    const session = await start(saysRunning(url));
    assert.deepEqual([session.owned, session.pid, session.url], [false, 42, url]);
    other.closeAllConnections();
    other.close();
    assert.match(await session.ended, /does not answer/);
  });

  const embedded = { kind: 'embedded', location: '/data', version: '18.4' } as const;
  const named = { kind: 'url', location: 'db:5432/events', version: '18.4' } as const;

  it('uses a server that runs already on the same database only', async () => {
    const cases = [
      { database: embedded, databaseUrlLocation: undefined, fits: true },
      { database: named, databaseUrlLocation: 'db:5432/events', fits: true },
      { database: embedded, databaseUrlLocation: 'db:5432/events', fits: false },
      { database: named, databaseUrlLocation: undefined, fits: false },
      { database: named, databaseUrlLocation: 'db:5432/other', fits: false },
    ];
    for (const { database, databaseUrlLocation, fits } of cases) {
      const { other, url } = await runningServer({ ...status('ready'), database });
      const started = start(saysRunning(url, { databaseUrlLocation }));
      if (fits) await (await started).stop();
      else await assert.rejects(started, { code: 'other_database', message: new RegExp(database.location) });
      other.close();
    }
  });

  it('does not use a server of another version', async () => {
    const { other, url } = await runningServer({ ...status('starting'), version: '0.0.1' });
    await assert.rejects(start(saysRunning(url)), { code: 'other_version', message: /0\.0\.1.*0\.0\.0/ });
    other.close();
  });
});

async function runningServer(said: ServerStatus) {
  const other = createServer((_, response) => response.end(JSON.stringify(said))).listen(0, '127.0.0.1');
  await once(other, 'listening');
  return { other, url: `http://127.0.0.1:${(other.address() as AddressInfo).port}` };
}

function saysRunning(url: string, wanted: { databaseUrlLocation?: string | undefined } = {}): string {
  const message = {
    type: 'already-running',
    url,
    token: 'secret',
    pid: 42,
    wanted: { version: '0.0.0', ...wanted },
  };
  return `process.send(${JSON.stringify(message)}, () => process.exit(0))`;
}

async function start(script: string, options: Partial<SessionOptions> = {}) {
  return startSession({
    node: await chooseNode({ setting: '', editor: process.execPath }),
    args: ['-e', script],
    cwd: '/',
    env: {},
    onStatus: () => undefined,
    onLine: () => undefined,
    signal: new AbortController().signal,
    ...options,
  });
}

function status(state: ServerStatus['state']): ServerStatus {
  return { product: 'eventstore-profiler', version: '0.0.0', pid: 1, state };
}

const listening = "process.send({ type: 'listening', url: 'http://127.0.0.1:1', token: 'secret' })";
const untilParentGoes = "process.on('disconnect', () => process.exit(7))";
const says = (said: ServerStatus) => `process.send(${JSON.stringify({ type: 'status', status: said })})`;
