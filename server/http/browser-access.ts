import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

// Time for a browser to start; the code stands in the arguments of a process, where everyone on the machine can read it.
const CODE_LIFE_MS = 60_000;

/** A code of the many that were asked for and never used must not stay for ever. */
const MAX_CODES = 100;

/**
 * How a browser gets in without the token: an address with a code that is good once and for a minute, traded for a
 * session in a cookie. Sessions are signed with the token, not kept: a page that stays open while its server restarts
 * (with the same token, see kept-address.ts) is let in again, and whoever reads a cookie has not read the token.
 */
export class BrowserAccess {
  readonly #token: string;
  readonly #now: () => number;
  /** Time of issue by the code's digest. */
  readonly #codes = new Map<string, number>();

  /** @param now milliseconds on a clock that never steps back */
  constructor(token: string, now: () => number = () => performance.now()) {
    this.#token = token;
    this.#now = now;
  }

  issueCode(): string {
    const code = randomBytes(24).toString('base64url');
    const [oldest] = this.#codes.keys();
    if (this.#codes.size >= MAX_CODES && oldest !== undefined) this.#codes.delete(oldest);
    this.#codes.set(digestOf(code).toString('hex'), this.#now());
    return code;
  }

  /** Whether the code is good; from then on it is not. */
  redeem(code: string): boolean {
    const key = digestOf(code).toString('hex');
    const issuedAt = this.#codes.get(key);
    this.#codes.delete(key);
    return issuedAt !== undefined && this.#now() - issuedAt <= CODE_LIFE_MS;
  }

  openSession(): string {
    const id = randomBytes(24).toString('base64url');
    return `${id}.${this.#signatureOf(id)}`;
  }

  isSession(session: string): boolean {
    const [id = '', signature = ''] = session.split('.', 2);
    return equal(signature, this.#signatureOf(id));
  }

  isToken(token: string): boolean {
    return equal(token, this.#token);
  }

  #signatureOf(id: string): string {
    return createHmac('sha256', this.#token).update(`session ${id}`).digest('base64url');
  }
}

/** In constant time, also for texts of different length. */
function equal(a: string, b: string): boolean {
  return timingSafeEqual(digestOf(a), digestOf(b));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
