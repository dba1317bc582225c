import { setTimeout as delay } from 'node:timers/promises';
import { AttachError } from './attach-errors.ts';
import type { AttachTarget } from './attach-target.ts';
import { InspectorSession } from './inspector-session.ts';
import { factsOf, listeningPorts, type ProcessFacts, reachable } from './process-facts.ts';

export interface OpenedInspector {
  readonly session: InspectorSession;
  /** Where it listens, as `host:port`. */
  readonly address: string;
  /** True where it was this call that opened it; whoever opens, closes. */
  readonly openedByUs: boolean;
}

// As long as a process that compiles its first script is deaf at most.
const LISTENS_WITHIN_MS = 5_000;
const POLL_MS = 25;
const DEFAULT_PORT = 9229;

/** Connects with the inspector of a process, and opens it before where a process id is given. @throws AttachError */
export async function openInspector(target: AttachTarget, signal: AbortSignal): Promise<OpenedInspector> {
  if (target.kind === 'pid') return await openByPid(target.pid, signal);
  const { host, port } = target;
  const url = target.kind === 'socket' ? target.url : await socketOf(host, port);
  if (url === undefined) {
    throw new AttachError('attach_no_inspector', `No inspector answers at ${host}:${port}.`, {
      advice: 'Start the program with --inspect, or attach by its process id.',
    });
  }
  return { session: await InspectorSession.open(url), address: `${host}:${port}`, openedByUs: false };
}

async function openByPid(pid: number, signal: AbortSignal): Promise<OpenedInspector> {
  if (pid === process.pid) throw notItself();
  checkReachable(pid);
  const facts = await factsOf(pid);
  if (!facts.isNode) throw notNode(pid, facts);
  const before = await listeningPorts(pid);
  const already = await findOwn(pid, before);
  if (already !== undefined) return { ...already, openedByUs: false };
  if (facts.catchesSignal === false) throw disabled(pid);
  knock(pid);
  const startedAt = performance.now();
  while (performance.now() - startedAt < LISTENS_WITHIN_MS) {
    signal.throwIfAborted();
    checkReachable(pid);
    const opened = await findOwn(pid, await newPorts(pid, before));
    if (opened !== undefined) return { ...opened, openedByUs: true };
    await delay(POLL_MS, undefined, { signal });
  }
  throw new AttachError(
    'attach_no_inspector',
    `Process ${pid} was asked to open its inspector and did not.`,
    {
      advice:
        'Its port may be taken by another process. Start the program with --inspect-port=0, or with --inspect and attach to that address.',
    },
  );
}

/** Opens the inspector: by SIGUSR1, on Windows by the handler that Node.js leaves for it. */
function knock(pid: number): void {
  try {
    if (process.platform === 'win32') debugProcess(pid);
    else process.kill(pid, 'SIGUSR1');
  } catch (cause) {
    throw new AttachError('attach_not_node', `Process ${pid} could not be asked to open its inspector.`, {
      advice: 'Only Node.js processes of the same user can be attached to.',
      cause,
    });
  }
}

function debugProcess(pid: number): void {
  const { _debugProcess } = process as unknown as { readonly _debugProcess: (pid: number) => void };
  _debugProcess(pid);
}

/** Where the system does not tell the ports, the usual one is tried; who listens there is checked anyway. */
async function newPorts(pid: number, before: ReadonlySet<number>): Promise<Set<number>> {
  if (process.platform !== 'linux') return new Set([DEFAULT_PORT]);
  const ports = await listeningPorts(pid);
  return new Set([...ports].filter((port) => !before.has(port)));
}

async function findOwn(
  pid: number,
  ports: ReadonlySet<number>,
): Promise<{ readonly session: InspectorSession; readonly address: string } | undefined> {
  const candidates = process.platform === 'linux' ? ports : new Set([...ports, DEFAULT_PORT]);
  for (const port of candidates) {
    const url = await socketOf('127.0.0.1', port);
    if (url === undefined) continue;
    const session = await InspectorSession.open(url);
    if ((await processIdOf(session)) === pid) return { session, address: `127.0.0.1:${port}` };
    session[Symbol.dispose]();
  }
  return undefined;
}

/** The process behind an inspector; undefined where it is none of Node.js. */
export async function processIdOf(session: InspectorSession): Promise<number | undefined> {
  const value = await session.evaluate('typeof process === "object" ? process.pid : 0');
  return typeof value === 'number' && value > 0 ? value : undefined;
}

// An HTTP server of the process itself may listen on the port and keep silent.
const LIST_WITHIN_MS = 1_000;

/** Address of the inspector's main target; undefined where no inspector answers. */
async function socketOf(host: string, port: number): Promise<string | undefined> {
  try {
    const response = await fetch(`http://${host}:${port}/json/list`, {
      signal: AbortSignal.timeout(LIST_WITHIN_MS),
      redirect: 'error',
    });
    if (!response.ok) return undefined;
    const path = socketPath(await response.json());
    return path === undefined ? undefined : `ws://${host}:${port}${path}`;
  } catch (error) {
    // Refused, silent, or no JSON: all of it says that no inspector is there.
    if (error instanceof TypeError || error instanceof DOMException || error instanceof SyntaxError)
      return undefined;
    throw error;
  }
}

/** Only the path: what host the other side claims to have does not matter. */
function socketPath(list: unknown): string | undefined {
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  if (typeof first !== 'object' || first === null || !('webSocketDebuggerUrl' in first)) return undefined;
  return URL.parse(String(first.webSocketDebuggerUrl))?.pathname;
}

function checkReachable(pid: number): void {
  const state = reachable(pid);
  if (state === 'gone') {
    throw new AttachError('attach_no_process', `There is no process ${pid}.`, {
      advice: 'It may have ended. See which processes there are, and attach to one of them.',
    });
  }
  if (state === 'not-allowed') {
    throw new AttachError('attach_not_allowed', `Process ${pid} belongs to another user.`, {
      advice: 'Attach as that user, or have the program started with --inspect and attach to its address.',
    });
  }
}

function notItself(): AttachError {
  return new AttachError('attach_other_process', 'A process cannot attach to itself.', {
    advice: 'Give the process id of another one.',
  });
}

function notNode(pid: number, { program }: ProcessFacts): AttachError {
  const what = program === undefined ? '' : `: it runs ${program}`;
  return new AttachError('attach_not_node', `Process ${pid} is no Node.js process${what}.`, {
    advice:
      'If a Node.js process runs below it (npm, a shell), attach to that one; if it is Node.js inside another program, start that with --inspect.',
  });
}

function disabled(pid: number): AttachError {
  return new AttachError(
    'attach_inspector_disabled',
    `Process ${pid} does not let its inspector be opened.`,
    {
      advice:
        'It was started with --disable-sigusr1, took the signal for something else, or is only just starting. Start it with --inspect.',
    },
  );
}
