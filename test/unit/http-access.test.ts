import assert from 'node:assert/strict';
import { request } from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { createApp } from '../../server/http/app.ts';
import { BrowserAccess } from '../../server/http/browser-access.ts';
import { errorResponseSchema } from '../../server/protocol/error-response.ts';
import { PRODUCT } from '../../server/protocol/server-status.ts';
import { type ScriptedServer, scriptedServer } from './support/scripted-server.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Sends exactly these headers: fetch would set Host by itself. */
function raw(server: ScriptedServer, path: string, headers: Record<string, string>): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  request(`${server.url}${path}`, { headers }, (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
  })
    .on('error', reject)
    .end();
  return promise;
}

function sentence({ body }: Answer): string {
  const { message, advice } = errorResponseSchema.parse(JSON.parse(body));
  return `${message} ${advice}`;
}

test('A request without the token is refused with a sentence, on every path', async () => {
  await using server = await scriptedServer();
  for (const path of ['/', '/index.html', '/api/status', '/api/runs', '/nowhere', '/api/runs/x/events']) {
    const answer = await raw(server, path, {});
    assert.equal(answer.status, 401, path);
    assert.match(sentence(answer), /carries no token.*eventstore-profiler status/);
  }
});

test('A wrong token is refused, in the header, in the cookie and in the address', async () => {
  await using server = await scriptedServer();
  const port = new URL(server.url).port;
  const wrong = [
    raw(server, '/api/status', { Authorization: 'Bearer nope' }),
    raw(server, '/api/status', { Cookie: `eventstore-profiler-${port}=nope` }),
    raw(server, '/?token=nope', {}),
    raw(server, `/api/status?token=${server.token}`, {}),
  ];
  const answers = await Promise.all(wrong);
  for (const answer of answers) assert.equal(answer.status, 401);
  for (const answer of answers.slice(0, 3)) {
    assert.match(sentence(answer), /^The token of this request is not the one of this server\. /);
  }
});

test('Opening the address with the token sets a cookie that scripts and other sites cannot use, and drops it from the address', async () => {
  await using server = await scriptedServer();
  const opened = await raw(server, `/?token=${server.token}`, {});
  assert.equal(opened.status, 303);
  assert.equal(opened.headers['location'], '/');
  const [cookie = ''] = opened.headers['set-cookie'] ?? [];
  assert.match(
    cookie,
    new RegExp(`^eventstore-profiler-${new URL(server.url).port}=.*HttpOnly.*SameSite=Strict`),
  );
  const page = await raw(server, '/', { Cookie: cookie.split(';')[0] ?? '' });
  assert.equal(page.status, 200);
  assert.match(page.body, /<title>page/);
  assert.ok(!cookie.includes(server.token));
});

test('The address for a browser lets in once, holds no token, and its session serves the page and its interface', async () => {
  await using server = await scriptedServer();
  const address = await server.client.browserAddress();
  assert.ok(address.startsWith(`${server.url}/?code=`) && !address.includes(server.token));
  const path = address.slice(server.url.length);
  const opened = await raw(server, path, {});
  assert.equal(opened.status, 303);
  const cookie = opened.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  for (const place of ['/', '/api/status'])
    assert.equal((await raw(server, place, { Cookie: cookie })).status, 200);
  const again = await raw(server, path, {});
  assert.equal(again.status, 401);
  assert.match(sentence(again), /has been used already, or is too old/);
  const bearer = await raw(server, '/api/status', { Authorization: `Bearer ${cookie.split('=')[1]}` });
  assert.equal(bearer.status, 401);
});

test('A code is too old after a minute', () => {
  let now = 0;
  const access = new BrowserAccess('token', () => now);
  const [early, late] = [access.issueCode(), access.issueCode()];
  now = 60_000;
  assert.equal(access.redeem(early), true);
  now = 60_001;
  assert.equal(access.redeem(late), false);
});

test('A session outlives its server when the next one has the same token, and no other', () => {
  const session = new BrowserAccess('token').openSession();
  assert.equal(new BrowserAccess('token').isSession(session), true);
  assert.equal(new BrowserAccess('another').isSession(session), false);
  assert.equal(new BrowserAccess('token').isSession(`x${session}`), false);
});

test('A foreign name for this machine is refused, with or without the token', async () => {
  await using server = await scriptedServer();
  const headers = { Authorization: `Bearer ${server.token}`, Host: 'evil.example' };
  const answer = await raw(server, '/api/status', headers);
  assert.equal(answer.status, 403);
  assert.match(sentence(answer), /own name/);
  const port = new URL(server.url).port;
  const local = await raw(server, '/api/status', { ...headers, Host: `localhost:${port}` });
  assert.equal(local.status, 200);
  const otherPort = await raw(server, '/api/status', { ...headers, Host: '127.0.0.1:1' });
  assert.equal(otherPort.status, 403);
});

test('A Host header that means nothing is refused with a sentence', async () => {
  await using server = await scriptedServer();
  const answer = await raw(server, '/api/status', { Host: 'a b:c' });
  assert.equal(answer.status, 400);
  assert.match(sentence(answer), /Host header.*cannot be understood/);
});

test('On port 80 the server answers to its name without the port, as browsers send it', async () => {
  const pages = path.resolve(import.meta.dirname, 'nowhere');
  const log = () => undefined;
  const access = new BrowserAccess('token');
  const status = () => ({ product: PRODUCT, version: '0', pid: 1, state: 'ready' }) as const;
  const nothing = () => {
    throw new Error('not asked for');
  };
  const services = {
    access,
    status,
    pages,
    log,
    handlers: async () => [],
    runs: nothing,
    checkRequest: nothing,
    stop: log,
  };
  const app = createApp(services);
  const statusFor = async (host: string) => {
    const headers = { Host: host, Origin: 'http://127.0.0.1', Authorization: 'Bearer token' };
    const connection = { incoming: { socket: { localPort: 80 } } };
    return (await app.request('/api/status', { headers }, connection)).status;
  };
  assert.deepEqual(
    await Promise.all(['127.0.0.1', 'localhost', '127.0.0.1:80', 'evil.example'].map(statusFor)),
    [200, 200, 200, 403],
  );
});

test('A page of another origin is refused, with the token too', async () => {
  await using server = await scriptedServer();
  const headers = { Authorization: `Bearer ${server.token}`, Origin: 'https://evil.example' };
  const answer = await raw(server, '/api/status', headers);
  assert.equal(answer.status, 403);
  assert.match(sentence(answer), /evil\.example/);
  assert.equal((await raw(server, '/api/status', { ...headers, Origin: server.url })).status, 200);
  assert.equal((await raw(server, '/api/status', { ...headers, Origin: 'null' })).status, 403);
});

test('A browser gets a refusal as a page', async () => {
  await using server = await scriptedServer();
  const answer = await raw(server, '/', { Accept: 'text/html' });
  assert.equal(answer.status, 401);
  assert.match(String(answer.headers['content-type']), /text\/html/);
  assert.match(answer.body, /<p>This request carries no token\.<\/p>/);
});

test('Every answer forbids what a page does not need', async () => {
  await using server = await scriptedServer();
  for (const path of ['/', '/api/status', '/nowhere']) {
    const { headers } = await server.get(path);
    assert.match(headers.get('Content-Security-Policy') ?? '', /default-src 'none'; script-src 'self'/);
    assert.match(headers.get('Content-Security-Policy') ?? '', /frame-ancestors 'none'/);
    assert.equal(headers.get('X-Content-Type-Options'), 'nosniff');
    assert.equal(headers.get('Referrer-Policy'), 'no-referrer');
  }
});

test('Only files of known kinds in the folder of the page are given out', async () => {
  await using server = await scriptedServer();
  for (const path of [
    '/secret.txt',
    '/runs',
    '/..%2f..%2fetc%2fpasswd',
    '/%2e%2e/package.json',
    '/index.html%00',
  ]) {
    assert.equal((await server.get(path)).status, 404, path);
  }
});
