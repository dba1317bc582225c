import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { errorResponseSchema } from '../../server/protocol/error-response.ts';
import { MAX_ITERATIONS, type RunEvent } from '../../server/protocol/run.ts';
import { ServerRequestError } from '../../server/protocol/server-request-error.ts';
import { overOf, scripted } from './support/scripted-queue.ts';
import { type ScriptedServer, scriptedServer } from './support/scripted-server.ts';

async function post(server: ScriptedServer, body: string, type = 'application/json') {
  const response = await server.get('/api/runs', { method: 'POST', body, headers: { 'Content-Type': type } });
  return { status: response.status, fault: errorResponseSchema.parse(await response.json()) };
}

test('A run is created, followed to its end, and its result fetched', async () => {
  await using server = await scriptedServer();
  const run = await server.client.createRun({ kind: 'profile', handler: 'succeed' });
  assert.equal(run.request.kind === 'profile' && run.request.iterations, 50);
  const events: RunEvent[] = [];
  for await (const event of server.client.followRun(run.id)) events.push(event);
  assert.equal(events[0]?.type, 'state');
  const last = events.at(-1);
  assert.equal(last?.type === 'done' && last.run.state, 'succeeded');
  assert.equal((await server.client.result(run.id)).kind, 'profile');
  assert.deepEqual(
    (await server.client.runs()).map(({ id }) => id),
    [run.id],
  );
});

for (const [iterations, given] of [
  [0, '0'],
  [-1, '-1'],
  [1e12, '1000000000000'],
  [1.5, '1.5'],
  ['abc', '"abc"'],
  [null, 'null'],
] as const) {
  test(`iterations of ${given} are refused: the field, the range and what was given are named`, async () => {
    await using server = await scriptedServer();
    const { status, fault } = await post(
      server,
      JSON.stringify({ kind: 'profile', handler: 'succeed', iterations }),
    );
    assert.equal(status, 400);
    assert.equal(fault.field, 'iterations');
    assert.match(fault.message, /a whole number from 1 to 1,000,000/);
    assert.ok(fault.message.endsWith(`${given} was given.`), fault.message);
    assert.equal(server.queue.list().length, 0);
  });
}

test('The limits themselves are accepted', async () => {
  await using server = await scriptedServer();
  for (const iterations of [1, MAX_ITERATIONS]) {
    await server.client.createRun({ kind: 'profile', handler: 'succeed', iterations });
  }
});

test('What is no run request is refused with a sentence', async () => {
  await using server = await scriptedServer();
  const bodies: readonly (readonly [string, number, RegExp])[] = [
    ['', 400, /not valid JSON/],
    ['{"kind":', 400, /not valid JSON/],
    ['5', 400, /must be a JSON object; 5 was given/],
    ['{}', 400, /kind must be "profile" or "seed" or "simulation" or .*; nothing was given/],
    ['{"kind":"explode"}', 400, /"explode" was given/],
    ['{"kind":"profile"}', 400, /handler must be a text.*nothing was given/],
    ['{"kind":"profile","handler":""}', 400, /handler must be a text of 1 to 200 characters; "" was given/],
    [
      JSON.stringify({ kind: 'profile', handler: 'x'.repeat(50_000) }),
      400,
      /^handler must be a text of 1 to 200 characters; "x{59}… was given\.$/,
    ],
    ['{"kind":"profile","handler":"x","iteration":5}', 400, /no field "iteration"/],
    ['{"kind":"seed","events":0}', 400, /events must be a whole number from 1 to 10,000,000; 0 was given/],
    ['{"kind":"profile","handler":"x","input":[1]}', 400, /^input must be a JSON object; \[1\] was given/],
    ['{"kind":"profile","handler":"x","input":"ada"}', 400, /^input must be a JSON object; "ada" was given/],
    ['{"kind":"profile","handler":"unknown"}', 400, /no handler "unknown"/],
    [`{"kind":"profile","handler":"${'x'.repeat(70_000)}"}`, 413, /larger than 64 KiB/],
  ];
  for (const [body, status, sentence] of bodies) {
    const answer = await post(server, body);
    assert.equal(answer.status, status, body.slice(0, 50));
    assert.match(answer.fault.message, sentence);
  }
});

test('A body that a foreign page could send without asking is refused', async () => {
  await using server = await scriptedServer();
  const { status, fault } = await post(server, '{"kind":"profile","handler":"succeed"}', 'text/plain');
  assert.equal(status, 415);
  assert.match(fault.message, /not marked as JSON/);
});

test('An unforeseen fault says nothing of its stack or of a password, and the log has the stack', async () => {
  await using server = await scriptedServer();
  const { status, fault } = await post(server, '{"kind":"profile","handler":"bug"}');
  assert.equal(status, 500);
  assert.equal(fault.code, 'internal');
  assert.doesNotMatch(JSON.stringify(fault), /secret|\.ts|at /);
  assert.match(server.lines.join('\n'), /scripted-server\.ts/);
  assert.doesNotMatch(server.lines.join('\n'), /secret/);
});

test('Unknown routes, runs and files are answered with sentences', async () => {
  await using server = await scriptedServer();
  const run = await overOf(server.queue, await server.queue.submit(scripted('succeed')));
  for (const [path, status, sentence] of [
    ['/api/nothing', 404, /nothing at GET \/api\/nothing/],
    ['/api/runs/nope', 404, /no run "nope"/],
    ['/api/runs/nope/events', 404, /no run "nope"/],
    [`/api/runs/${run.id}/artifacts/run.json`, 404, /no file "run\.json"/],
    [`/api/runs/${run.id}/artifacts/..%2F..%2Fsecret.txt`, 404, /no file/],
    [`/api/runs/${run.id}/profile`, 404, /no file/],
  ] as const) {
    const response = await server.get(path);
    assert.equal(response.status, status, path);
    assert.match(errorResponseSchema.parse(await response.json()).message, sentence);
  }
});

test('The result of a run that goes on is not there yet, and of one that failed never', async () => {
  await using server = await scriptedServer();
  const waiting = await server.queue.submit(scripted('wait'));
  await assert.rejects(
    server.client.result(waiting.id),
    (error) =>
      error instanceof ServerRequestError && error.status === 409 && /when it is done/.test(error.message),
  );
  assert.equal((await server.client.cancelRun(waiting.id)).state, 'cancelled');
  const failed = await overOf(server.queue, await server.queue.submit(scripted('fail')));
  await assert.rejects(
    server.client.result(failed.id),
    (error) =>
      error instanceof ServerRequestError && error.status === 404 && /as it was told/.test(error.message),
  );
});

test('A request to stop is answered at once, and with the reason where there is nothing to keep', async () => {
  await using server = await scriptedServer();
  const run = await server.queue.submit(scripted('wait'));
  const seed = await server.queue.submit({ kind: 'seed', events: 1, seed: 1 });
  await assert.rejects(
    server.client.stopRun(seed.id),
    (error) =>
      error instanceof ServerRequestError && error.status === 409 && /it has not begun/.test(error.message),
  );
  await server.queue.cancel(seed.id);
  assert.equal((await server.client.stopRun(run.id)).id, run.id);
  assert.equal((await overOf(server.queue, run)).state, 'succeeded');
  await assert.rejects(
    server.client.stopRun('nope'),
    (error) => error instanceof ServerRequestError && error.status === 404,
  );
});

test('A listener that comes back continues after the last event that it saw, and one that saw all is sent away', async () => {
  await using server = await scriptedServer();
  const run = await overOf(server.queue, await server.queue.submit(scripted('succeed')));
  const path = `/api/runs/${run.id}/events`;
  const all = (await (await server.get(path)).text())
    .split('\n\n')
    .filter((block) => block.includes('data:'));
  const idOf = (block: string | undefined) => /^id: (.+)$/m.exec(block ?? '')?.[1] ?? '';
  const rest = await (await server.get(path, { headers: { 'Last-Event-ID': idOf(all.at(-2)) } })).text();
  assert.deepEqual(
    rest.split('\n\n').filter((block) => block !== ''),
    all.slice(-1),
  );
  const nothing = await server.get(path, { headers: { 'Last-Event-ID': idOf(all.at(-1)) } });
  assert.equal(nothing.status, 204);
});

test('A listener that goes away ends nothing but its own connection', async () => {
  await using server = await scriptedServer();
  const run = await server.queue.submit(scripted('wait'));
  const gone = new AbortController();
  const events = server.client.followRun(run.id, { signal: gone.signal });
  await assert.rejects(async () => {
    for await (const event of events) if (event.type === 'progress') gone.abort(new Error('closed'));
  }, /closed/);
  const [follower] = server.followers;
  if (!follower?.aborted) await once(follower ?? new EventTarget(), 'abort');
  assert.equal(server.queue.find(run.id).state, 'running');
});

test('A server that is gone is a sentence', async () => {
  const { client } = await (async () => {
    await using server = await scriptedServer();
    return server;
  })();
  await assert.rejects(
    client.status(),
    (error) =>
      error instanceof ServerRequestError && error.code === 'server_unreachable' && error.status === 0,
  );
});
