import { setTimeout as delay } from 'node:timers/promises';
import type { AttachTarget } from '../../protocol/attach-target.ts';
import { AttachError } from './attach-errors.ts';
import { checkReachable } from './check-reachable.ts';
import { closeInspector } from './close-inspector.ts';
import { InspectorSession } from './inspector-session.ts';
import { factsOf, listeningPorts, type ProcessFacts, reachable } from './process-facts.ts';

export interface OpenedInspector {
  readonly session: InspectorSession;
  /** Where it listens, as `host:port`. */
  readonly address: string;
  /** True where it was this call that opened it; whoever opens, closes. */
  readonly openedByUs: boolean;
}

export interface OpenOptions {
  readonly signal: AbortSignal;
  /** Told in a sentence when the inspector will open although nobody wants it any more. */
  readonly log: (message: string) => void;
}

// Ten times as long as a process that compiles its first script is deaf; then the port is looked at.
const USUALLY_WITHIN_MS = 5_000;
// One that waits for a program of its own (`execSync`) hears of the signal when that has ended.
const LISTENS_WITHIN_MS = 30_000;
// Behind a cancel; a process that is awake has opened its inspector long before.
const CLOSES_WITHIN_MS = 700;
const POLL_MS = 25;
const DEFAULT_PORT = 9229;

/**
 * Connects with the inspector of a process, and opens it before where a process id is given. Where that comes to nothing,
 * the inspector is closed again. @throws AttachError
 */
export async function openInspector(target: AttachTarget, options: OpenOptions): Promise<OpenedInspector> {
  if (target.kind === 'pid') return await openByPid(target.pid, options);
  const { host, port } = target;
  const url = target.kind === 'socket' ? target.url : await socketOf(host, port);
  if (url === undefined) {
    throw new AttachError('attach_no_inspector', `No inspector answers at ${host}:${port}.`, {
      advice: 'Start the program with --inspect, or attach by its process id.',
    });
  }
  return { session: await InspectorSession.open(url), address: `${host}:${port}`, openedByUs: false };
}

async function openByPid(pid: number, { signal, log }: OpenOptions): Promise<OpenedInspector> {
  if (pid === process.pid) throw notItself();
  checkReachable(pid);
  const facts = await factsOf(pid);
  if (!facts.isNode) throw notNode(pid, facts);
  const before = await listeningPorts(pid);
  const already = await findOwn(pid, before);
  if (already !== undefined) return { ...already, openedByUs: false };
  if (facts.catchesSignal === false) throw disabled(pid);
  signal.throwIfAborted();
  const asked = { pid, before };
  knock(pid);
  try {
    return { ...(await untilOpen(asked, signal)), openedByUs: true };
  } catch (error) {
    if (reachable(pid) === 'yes') await closeAgain(asked, error, log);
    throw error;
  }
}

/** A process that was asked to open its inspector. */
interface Asked {
  readonly pid: number;
  /** Ports on which it listened before. */
  readonly before: ReadonlySet<number>;
}

interface Found {
  readonly session: InspectorSession;
  readonly address: string;
}

async function untilOpen({ pid, before }: Asked, signal: AbortSignal): Promise<Found> {
  const startedAt = performance.now();
  for (;;) {
    signal.throwIfAborted();
    checkReachable(pid);
    const opened = await findOwn(pid, await newPorts(pid, before));
    if (opened !== undefined) return opened;
    const waited = performance.now() - startedAt;
    if (waited > LISTENS_WITHIN_MS) throw notOpened(pid);
    if (waited > USUALLY_WITHIN_MS && (await socketOf('127.0.0.1', DEFAULT_PORT)) !== undefined) {
      throw portTaken(pid);
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

/** What was asked for cannot be taken back: it is waited for and undone, or said where it takes too long. */
async function closeAgain({ pid, before }: Asked, reason: unknown, log: OpenOptions['log']): Promise<void> {
  const timeout = AbortSignal.timeout(CLOSES_WITHIN_MS);
  try {
    while (!timeout.aborted && reachable(pid) === 'yes') {
      const opened = await findOwn(pid, await newPorts(pid, before), CLOSES_WITHIN_MS);
      if (opened !== undefined) {
        using session = opened.session;
        return await closeInspector(session, CLOSES_WITHIN_MS);
      }
      await delay(POLL_MS);
    }
  } catch (error) {
    if (!(error instanceof AttachError)) throw error;
  }
  // The fault itself says it already.
  if (reason instanceof AttachError || reachable(pid) !== 'yes') return;
  log(`Process ${pid} does not answer now: its inspector opens when it does. ${HOW_TO_CLOSE}`);
}

const HOW_TO_CLOSE =
  "To close it then, run process.getBuiltinModule('inspector').close() in its console (chrome://inspect), or end the process.";

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
  withinMs?: number,
): Promise<Found | undefined> {
  const candidates = process.platform === 'linux' ? ports : new Set([...ports, DEFAULT_PORT]);
  for (const port of candidates) {
    const url = await socketOf('127.0.0.1', port);
    if (url === undefined) continue;
    const session = await InspectorSession.open(url);
    if (await belongsTo(session, pid, withinMs)) return { session, address: `127.0.0.1:${port}` };
    session[Symbol.dispose]();
  }
  return undefined;
}

/** Hangs up where the answer does not come. */
async function belongsTo(session: InspectorSession, pid: number, withinMs?: number): Promise<boolean> {
  try {
    return (await processIdOf(session, withinMs)) === pid;
  } catch (error) {
    session[Symbol.dispose]();
    throw error;
  }
}

/** The process behind an inspector; undefined where it is none of Node.js. */
export async function processIdOf(session: InspectorSession, withinMs?: number): Promise<number | undefined> {
  const value = await session.evaluate('typeof process === "object" ? process.pid : 0', withinMs);
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

function notOpened(pid: number): AttachError {
  return new AttachError(
    'attach_no_inspector',
    `Process ${pid} was asked to open its inspector and has not within ${LISTENS_WITHIN_MS / 1000} s; when it waits for something (execSync, a lock), it opens it later.`,
    {
      advice: `Try again when it works; if its port is taken, start it with --inspect-port=0. ${HOW_TO_CLOSE}`,
    },
  );
}

function portTaken(pid: number): AttachError {
  return new AttachError(
    'attach_no_inspector',
    `Process ${pid} was asked to open its inspector and did not: another process listens at port ${DEFAULT_PORT}.`,
    {
      advice:
        'End what listens there, or start the program with --inspect-port=0, or with --inspect and attach to that address.',
    },
  );
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
