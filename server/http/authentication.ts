import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { ProfilerError } from '../lib/profiler-error.ts';

export type Environment = { Bindings: HttpBindings };

/** The request does not come from where requests may come from, or lacks the token. */
class AccessError extends ProfilerError {
  override readonly name = 'AccessError';
}

/**
 * Lets a request pass only when it was addressed to this server by its own name (a foreign name that resolves to
 * 127.0.0.1 is refused: DNS rebinding), comes from no foreign page, and carries the token.
 */
export function authentication(token: string): MiddlewareHandler<Environment> {
  return async (context, next) => {
    const port = portOf(context.env);
    const origins = [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
    if (!origins.includes(`http://${context.req.header('Host')}`)) throw wrongHost(port);
    const origin = context.req.header('Origin');
    if (origin !== undefined && !origins.includes(origin)) throw wrongOrigin(origin);

    if (context.req.path === '/' && context.req.method === 'GET') {
      const offered = context.req.query('token');
      if (offered !== undefined && equal(offered, token)) {
        setCookie(context, cookieName(port), token, { httpOnly: true, sameSite: 'Strict', path: '/' });
        return context.redirect('/', 303);
      }
    }
    const bearer = context.req.header('Authorization')?.replace(/^Bearer /i, '');
    const offered = bearer ?? getCookie(context, cookieName(port));
    if (offered === undefined || !equal(offered, token)) throw noToken(offered !== undefined);
    return await next();
  };
}

/** Cookies do not know ports: without the port in the name, two servers would take each other's cookie away. */
function cookieName(port: number): string {
  return `eventstore-profiler-${port}`;
}

function portOf(bindings: HttpBindings): number {
  return bindings.incoming.socket.localPort ?? 0;
}

/** In constant time, also for texts of different length. */
function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function noToken(wrong: boolean): AccessError {
  const message = wrong
    ? 'The token of this request is not the one of this server.'
    : 'This request carries no token.';
  return new AccessError('unauthorized', message, {
    advice:
      'Open the address that the server printed when it started, with its token; "eventstore-profiler status" prints it again.',
  });
}

function wrongHost(port: number): AccessError {
  return new AccessError('wrong_host', 'This server answers only under its own name.', {
    advice: `Use http://127.0.0.1:${port}/.`,
  });
}

function wrongOrigin(origin: string): AccessError {
  return new AccessError('wrong_origin', `Pages of ${origin.slice(0, 100)} may not use this server.`, {
    advice: 'Open the page of the server itself.',
  });
}
