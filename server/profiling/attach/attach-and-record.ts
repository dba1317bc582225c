import type { HeapProfiler, Profiler } from 'node:inspector';
import type { AttachTarget } from '../../protocol/attach-target.ts';
import { AttachError } from './attach-errors.ts';
import { closeInspector } from './close-inspector.ts';
import type { InspectorSession } from './inspector-session.ts';
import { openInspector, processIdOf } from './open-inspector.ts';

export interface AttachOptions {
  readonly target: AttachTarget;
  readonly collector: 'v8-cpu' | 'v8-heap';
  readonly durationSeconds: number;
  /** Microseconds between two CPU samples. */
  readonly samplingIntervalMicros: number;
  /** Drops everything. */
  readonly signal: AbortSignal;
  /** Ends the recording early and keeps what is there. */
  readonly enough: AbortSignal;
  /** @param done seconds of `durationSeconds` */
  readonly onProgress?: (step: string, done: number, total: number) => void;
  /** Told in a sentence when the inspector will be open although nobody wants it any more. */
  readonly log: (message: string) => void;
}

/** What was recorded of another process. */
export interface AttachedCapture {
  readonly pid: number | undefined;
  readonly nodeVersion: string;
  /** The program's file, or how else the process is called. */
  readonly program: string;
  /** Where its inspector listened. */
  readonly address: string;
  readonly endedBy: 'duration' | 'stop' | 'exit';
  /** Wall clock of the start, ISO 8601. */
  readonly startedAt: string;
  /** How long it was recorded. */
  readonly recordedMicros: number;
  readonly recorded:
    | { readonly kind: 'v8-cpu'; readonly cpuProfile: Profiler.Profile }
    | { readonly kind: 'v8-heap'; readonly heapProfile: SampledHeap };
}

/** Node's types leave the samples out. */
interface SampledHeap extends HeapProfiler.SamplingHeapProfile {
  readonly samples: readonly unknown[];
}

const PROGRESS_EVERY_MS = 250;

// A profile of minutes is tens of MB of JSON, which the process writes while it works.
const FETCH_WITHIN_MS = 60_000;

/**
 * Records a running Node.js process by its inspector, and closes the inspector again where it was closed before.
 * A process that ends by itself meanwhile waits until its profile is fetched. @throws AttachError
 */
export async function attachAndRecord(options: AttachOptions): Promise<AttachedCapture> {
  const { target, signal, log } = options;
  options.onProgress?.('Opening the inspector', 0, 0);
  const opened = await openInspector(target, { signal, log });
  using session = opened.session;
  try {
    const facts = await factsOf(session, target);
    const exit = Promise.withResolvers<'exit'>();
    await listenForExit(session, () => exit.resolve('exit'));
    const startedAt = new Date().toISOString();
    await start(session, options);
    const recordingSince = performance.now();
    const endedBy = await untilEnough(session, exit.promise, options);
    const recordedMicros = (performance.now() - recordingSince) * 1000;
    signal.throwIfAborted();
    options.onProgress?.('Fetching the profile', 0, 0);
    const recorded = await stop(session, options.collector);
    return { ...facts, address: opened.address, endedBy, startedAt, recordedMicros, recorded };
  } finally {
    if (opened.openedByUs) await closeInspector(session);
  }
}

async function factsOf(
  session: InspectorSession,
  target: AttachTarget,
): Promise<Pick<AttachedCapture, 'pid' | 'nodeVersion' | 'program'>> {
  const pid = await processIdOf(session);
  const facts = await session.evaluate(FACTS);
  const [nodeVersion = '', program = ''] = String(facts ?? '').split('\n');
  if (nodeVersion !== '') return { pid, nodeVersion, program };
  const place = target.kind === 'pid' ? `process ${target.pid}` : `${target.host}:${target.port}`;
  throw new AttachError('attach_not_node', `What answers at ${place} is not Node.js.`, {
    advice: 'Browsers have tools of their own for this; give the address of a Node.js inspector.',
  });
}

const FACTS =
  'typeof process === "object" ? [process.version, process.argv[1] ?? process.title].join("\\n") : ""';

/** Told when the process has come to its end and waits for this side to hang up. */
async function listenForExit(session: InspectorSession, onExit: () => void): Promise<void> {
  session.on('NodeRuntime.waitingForDisconnect', onExit);
  await session.send('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true });
}

async function start(session: InspectorSession, options: AttachOptions): Promise<void> {
  if (options.collector === 'v8-heap') {
    await session.send('HeapProfiler.enable');
    // What was collected meanwhile was allocated too.
    await session.send('HeapProfiler.startSampling', {
      samplingInterval: HEAP_SAMPLE_BYTES,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
    return;
  }
  await session.send('Profiler.enable');
  await session.send('Profiler.setSamplingInterval', { interval: options.samplingIntervalMicros });
  await session.send('Profiler.start');
}

// V8's own choice.
export const HEAP_SAMPLE_BYTES = 32_768;

async function stop(
  session: InspectorSession,
  collector: AttachOptions['collector'],
): Promise<AttachedCapture['recorded']> {
  const method = collector === 'v8-heap' ? 'HeapProfiler.stopSampling' : 'Profiler.stop';
  const { profile } = (await session.send(method, {}, FETCH_WITHIN_MS)) as { readonly profile: unknown };
  return collector === 'v8-heap'
    ? { kind: 'v8-heap', heapProfile: profile as SampledHeap }
    : { kind: 'v8-cpu', cpuProfile: profile as Profiler.Profile };
}

/** Waits for the time, the request to stop, or the end of the process, whichever is first. */
async function untilEnough(
  session: InspectorSession,
  exited: Promise<'exit'>,
  { durationSeconds, signal, enough, onProgress }: AttachOptions,
): Promise<AttachedCapture['endedBy']> {
  const { promise, resolve } = Promise.withResolvers<AttachedCapture['endedBy']>();
  const startedAt = performance.now();
  const timer = setTimeout(() => resolve('duration'), durationSeconds * 1000);
  const ticker = setInterval(() => {
    const done = Math.min(durationSeconds, (performance.now() - startedAt) / 1000);
    onProgress?.('Recording', done, durationSeconds);
  }, PROGRESS_EVERY_MS);
  const onStop = () => resolve('stop');
  signal.addEventListener('abort', onStop);
  enough.addEventListener('abort', onStop);
  if (signal.aborted || enough.aborted) onStop();
  try {
    // A killed process closes the connection; fetching its profile says what that means.
    return await Promise.race([promise, exited, session.closed.then(() => 'exit' as const)]);
  } finally {
    clearTimeout(timer);
    clearInterval(ticker);
    signal.removeEventListener('abort', onStop);
    enough.removeEventListener('abort', onStop);
  }
}
