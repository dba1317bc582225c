/** What somebody wants to attach to. */
export type AttachTarget =
  | { readonly kind: 'pid'; readonly pid: number }
  | { readonly kind: 'address'; readonly host: string; readonly port: number }
  /** One of several targets behind an address, a worker thread for one. */
  | { readonly kind: 'socket'; readonly host: string; readonly port: number; readonly url: string };

/** Why a text is no target, in a sentence, and what to write instead. */
export interface TargetFault {
  readonly code: 'attach_bad_target' | 'attach_not_local';
  readonly message: string;
  readonly advice: string;
}

export type ReadTarget =
  | { readonly target: AttachTarget; readonly fault?: never }
  | { readonly target?: never; readonly fault: TargetFault };

// Linux allows up to 2^22. Node.js signals by signed numbers of 32 bits and throws at larger ones.
const MAX_PID = 2 ** 31 - 1;

const ADVICE =
  'Give the process id, or where its inspector listens: 127.0.0.1:9229, or the ws:// address that Node.js printed.';

/** Reads `1234`, `127.0.0.1:9229`, `:9229` and `ws://127.0.0.1:9229/<id>`; addresses of other machines are faults. */
export function readAttachTarget(text: string): ReadTarget {
  const given = text.trim();
  if (/^\d+$/.test(given)) return pidTarget(Number(given), given);
  const hasScheme = /^\w+:\/\//.test(given);
  const url = hasScheme ? given : `ws://${given.startsWith(':') ? `127.0.0.1${given}` : given}/`;
  const address = addressOf(url, given);
  if ('fault' in address) return address;
  const { host, port, path, secure } = address;
  if (secure) return bad(`${given} asks for TLS, which no inspector has.`, 'Write ws:// instead of wss://.');
  return path === '/'
    ? { target: { kind: 'address', host, port } }
    : { target: { kind: 'socket', host, port, url: `ws://${host}:${port}${path}` } };
}

function pidTarget(pid: number, given: string): ReadTarget {
  return pid >= 1 && pid <= MAX_PID ? { target: { kind: 'pid', pid } } : bad(`${given} is no process id.`);
}

interface Address {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly secure: boolean;
}

function addressOf(text: string, given: string): Address | { readonly fault: TargetFault } {
  const url = URL.parse(text);
  if (url === null || !/^wss?:/.test(text) || url.username !== '' || !/:\d+(\/|$)/.test(text)) {
    return bad(`${JSON.stringify(given.slice(0, 100))} is no process id and no address of an inspector.`);
  }
  if (!isLocal(url.hostname)) return foreign(url.hostname);
  // `new URL` drops the port where it is the scheme's own one.
  const port = url.port === '' ? 80 : Number(url.port);
  if (port === 0)
    return bad(`${given} names no port: nobody listens on port 0, which asks for any free one.`);
  return { host: url.hostname, port, path: url.pathname, secure: url.protocol === 'wss:' };
}

function isLocal(host: string): boolean {
  // A URL's host is normalised: what looks like an IPv4 address is one.
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}

function bad(message: string, advice = ADVICE): { readonly fault: TargetFault } {
  return { fault: { code: 'attach_bad_target', message, advice } };
}

function foreign(host: string): { readonly fault: TargetFault } {
  const message = `${host} is not this machine.`;
  const advice = `An inspector lets everybody who reaches it run code. Open a tunnel (ssh -L 9229:127.0.0.1:9229 ${host}) and attach to 127.0.0.1:9229.`;
  return { fault: { code: 'attach_not_local', message, advice } };
}
