import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { ProfilerError } from '../lib/profiler-error.ts';
import type { BrowserAccess } from './browser-access.ts';

export type Environment = { Bindings: HttpBindings };

/** The request does not come from where requests may come from, or lacks the token. */
class AccessError extends ProfilerError {
  override readonly name = 'AccessError';
}

/**
 * Lets a request pass only when it was addressed to this server by its own name (a foreign name that resolves to
 * 127.0.0.1 is refused: DNS rebinding), comes from no foreign page, and carries the token or a session.
 */
export function authentication(access: BrowserAccess): MiddlewareHandler<Environment> {
  return async (context, next) => {
    const port = portOf(context.env);
    const origins = ownOrigins(port);
    if (!origins.includes(`http://${context.req.header('Host')}`)) throw wrongHost(port);
    const origin = context.req.header('Origin');
    if (origin !== undefined && !origins.includes(origin)) throw wrongOrigin(origin);

    if (entersAtDoor(context, access)) {
      const attributes = { httpOnly: true, sameSite: 'Strict', path: '/' } as const;
      setCookie(context, cookieName(port), access.openSession(), attributes);
      return context.redirect('/', 303);
    }
    const bearer = context.req.header('Authorization')?.replace(/^Bearer /i, '');
    const session = getCookie(context, cookieName(port));
    if (bearer === undefined ? session && access.isSession(session) : access.isToken(bearer))
      return await next();
    throw refusal(context, bearer ?? session);
  };
}

/** Browsers leave out the port where it is the usual one. */
function ownOrigins(port: number): string[] {
  const origins = [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
  return [...origins, ...origins.map((origin) => new URL(origin).origin)];
}

/** The page's address with the token that the server printed, or with a code from it. */
function entersAtDoor({ req }: Context<Environment>, access: BrowserAccess): boolean {
  if (req.path !== '/' || req.method !== 'GET') return false;
  const token = req.query('token');
  if (token !== undefined) return access.isToken(token);
  const code = req.query('code');
  return code !== undefined && access.redeem(code);
}

/** Cookies do not know ports: without the port in the name, two servers would take each other's cookie away. */
function cookieName(port: number): string {
  return `eventstore-profiler-${port}`;
}

function portOf(bindings: HttpBindings): number {
  return bindings.incoming.socket.localPort ?? 0;
}

function refusal({ req }: Context<Environment>, offered: string | undefined): AccessError {
  if (req.path === '/' && req.query('code') !== undefined) {
    return new AccessError('unauthorized', 'The code in this address has been used already, or is too old.', {
      advice: ADVICE,
    });
  }
  const isOffered = offered !== undefined || (req.path === '/' && req.query('token') !== undefined);
  const message = !isOffered
    ? 'This request carries no token.'
    : 'The token of this request is not the one of this server.';
  return new AccessError('unauthorized', message, { advice: ADVICE });
}

const ADVICE =
  'Open the address that the server printed when it started, with its token; "eventstore-profiler status" prints it again.';

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
