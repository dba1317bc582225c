import { isIPv4 } from 'node:net';
import { AttachError } from './attach-errors.ts';

/** What somebody wants to attach to. */
export type AttachTarget =
  | { readonly kind: 'pid'; readonly pid: number }
  | { readonly kind: 'address'; readonly host: string; readonly port: number }
  /** One of several targets behind an address, a worker thread for one. */
  | { readonly kind: 'socket'; readonly host: string; readonly port: number; readonly url: string };

// Linux allows up to 2^22; Windows gives multiples of 4 below 2^32.
const MAX_PID = 2 ** 32 - 1;

const ADVICE =
  'Give the process id, or where its inspector listens: 127.0.0.1:9229, or the ws:// address that Node.js printed.';

/**
 * Reads `1234`, `127.0.0.1:9229`, `:9229` and `ws://127.0.0.1:9229/<id>`.
 * @throws AttachError for anything else, and for addresses of other machines
 */
export function parseAttachTarget(text: string): AttachTarget {
  const given = text.trim();
  if (/^\d+$/.test(given)) return pidTarget(Number(given), given);
  if (!/^\w+:\/\//.test(given)) {
    const { host, port } = addressOf(`ws://${given.startsWith(':') ? `127.0.0.1${given}` : given}/`, given);
    return { kind: 'address', host, port };
  }
  const { host, port, path, secure } = addressOf(given, given);
  if (secure) {
    throw new AttachError('attach_bad_target', `${given} asks for TLS, which no inspector has.`, {
      advice: 'Write ws:// instead of wss://.',
    });
  }
  return path === '/'
    ? { kind: 'address', host, port }
    : { kind: 'socket', host, port, url: `ws://${host}:${port}${path}` };
}

function pidTarget(pid: number, given: string): AttachTarget {
  if (pid >= 1 && pid <= MAX_PID) return { kind: 'pid', pid };
  throw new AttachError('attach_bad_target', `${given} is no process id.`, { advice: ADVICE });
}

interface Address {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly secure: boolean;
}

function addressOf(text: string, given: string): Address {
  const url = URL.parse(text);
  const isAddress = url !== null && /^wss?:/.test(text) && url.username === '' && /:\d+(\/|$)/.test(text);
  if (!isAddress) {
    throw new AttachError(
      'attach_bad_target',
      `${JSON.stringify(given.slice(0, 100))} is no process id and no address of an inspector.`,
      { advice: ADVICE },
    );
  }
  if (!isLocal(url.hostname)) {
    throw new AttachError('attach_not_local', `${url.hostname} is not this machine.`, {
      advice: `An inspector lets everybody who reaches it run code. Open a tunnel (ssh -L 9229:127.0.0.1:9229 ${url.hostname}) and attach to 127.0.0.1:9229.`,
    });
  }
  // `new URL` drops the port where it is the scheme's own one.
  const port = url.port === '' ? 80 : Number(url.port);
  return { host: url.hostname, port, path: url.pathname, secure: url.protocol === 'wss:' };
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}
