import type { Profiler } from 'node:inspector';
import type { Session } from 'node:inspector/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** What V8's CPU profiler recorded of one worker thread. Its time stamps are on the clock of the main thread's. */
export interface WorkerProfile {
  /** As the program names it, with its number. */
  readonly name: string;
  readonly cpuProfile: Profiler.Profile;
}

export interface WorkerProfiles {
  readonly workers: readonly WorkerProfile[];
  /** Names of workers that could not be recorded to the end. */
  readonly lost: readonly string[];
}

/** Workers by this name are the runner's own. */
export const OWN_WORKER = 'eventstore-profiler';

/** A worker that waits in native code does not answer meanwhile; every other one does within milliseconds, also in a busy loop. */
const ANSWERS_WITHIN_MS = 2_000;

/** Of a program that starts a thread for each operation, more would fill the memory. */
const MOST_WORKERS = 64;

interface Attached {
  readonly sessionId: string;
  readonly name: string;
  readonly pending: Map<number, (answer: Answer) => void>;
  profile?: Promise<Profiler.Profile | undefined>;
}

interface Answer {
  readonly result?: { readonly profile?: Profiler.Profile };
  readonly error?: { readonly message: string };
}

/**
 * Records every worker thread that the process has or starts, through the main thread's inspector session. A worker that
 * is started meanwhile is recorded from its first turn of the main event loop on, not held up until then: a main
 * thread that waits for it in Atomics.wait would wait for ever. One that ends is kept until its profile is read.
 */
export class WorkerCapture {
  readonly #session: Session;
  readonly #interval: number;
  readonly #attached = new Map<string, Attached>();
  readonly #profiles: WorkerProfile[] = [];
  readonly #lost: string[] = [];
  #lastId = 0;
  #taken = 0;

  private constructor(session: Session, samplingIntervalMicros: number) {
    this.#session = session;
    this.#interval = samplingIntervalMicros;
  }

  /** Resolves when the workers that there are are being recorded, as far as they answer. */
  static async start(session: Session, samplingIntervalMicros: number): Promise<WorkerCapture> {
    const capture = new WorkerCapture(session, samplingIntervalMicros);
    const starts: Promise<void>[] = [];
    session.on('NodeWorker.attachedToWorker', ({ params }) => {
      starts.push(capture.#attach(params.sessionId, params.workerInfo.title));
    });
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
      capture.#receive(params.sessionId, params.message);
    });
    session.on('NodeWorker.detachedFromWorker', ({ params }) => capture.#detached(params.sessionId));
    await session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
    await Promise.all(starts);
    return capture;
  }

  /** Ends the recording of all workers. */
  async stop(): Promise<WorkerProfiles> {
    await Promise.all(Array.from(this.#attached.values(), (worker) => this.#take(worker)));
    return { workers: this.#profiles, lost: this.#lost };
  }

  async #attach(sessionId: string, title: string): Promise<void> {
    const name = nameOf(title);
    const isOwn = title.endsWith(`] ${OWN_WORKER}`);
    if (isOwn || this.#taken >= MOST_WORKERS) {
      if (!isOwn) this.#lost.push(name);
      await this.#session.post('NodeWorker.detach', { sessionId });
      return;
    }
    this.#taken++;
    const worker: Attached = { sessionId, name, pending: new Map() };
    this.#attached.set(sessionId, worker);
    void this.#ask(worker, 'NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true });
    void this.#ask(worker, 'Profiler.enable');
    void this.#ask(worker, 'Profiler.setSamplingInterval', { interval: this.#interval });
    await this.#ask(worker, 'Profiler.start');
  }

  #receive(sessionId: string, message: string): void {
    const worker = this.#attached.get(sessionId);
    if (worker === undefined) return;
    const parsed = JSON.parse(message) as Answer & { readonly id?: number; readonly method?: string };
    if (parsed.id !== undefined) {
      worker.pending.get(parsed.id)?.(parsed);
      worker.pending.delete(parsed.id);
    } else if (parsed.method === 'NodeRuntime.waitingForDisconnect') void this.#take(worker);
  }

  /** A worker that is gone answers nothing any more. */
  #detached(sessionId: string): void {
    const worker = this.#attached.get(sessionId);
    for (const answer of worker?.pending.values() ?? [])
      answer({ error: { message: 'The worker is gone.' } });
    worker?.pending.clear();
  }

  /** Reads a worker's profile, once, and lets go of the worker. */
  #take(worker: Attached): Promise<Profiler.Profile | undefined> {
    worker.profile ??= this.#readAndDetach(worker);
    return worker.profile;
  }

  async #readAndDetach(worker: Attached): Promise<Profiler.Profile | undefined> {
    const cpuProfile = (await this.#ask(worker, 'Profiler.stop'))?.result?.profile;
    if (cpuProfile === undefined) this.#lost.push(worker.name);
    else this.#profiles.push({ name: worker.name, cpuProfile });
    this.#attached.delete(worker.sessionId);
    await this.#session.post('NodeWorker.detach', { sessionId: worker.sessionId }).catch(ignoreGone);
    return cpuProfile;
  }

  /** Undefined when the worker does not answer in time. */
  async #ask(worker: Attached, method: string, params = {}): Promise<Answer | undefined> {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    worker.pending.set(id, resolve);
    const message = JSON.stringify({ id, method, params });
    try {
      await this.#session.post('NodeWorker.sendMessageToWorker', { sessionId: worker.sessionId, message });
    } catch (error) {
      ignoreGone(error);
      return undefined;
    }
    const patience = new AbortController();
    const late = delay(ANSWERS_WITHIN_MS, undefined, { signal: patience.signal, ref: false }).catch(
      () => undefined,
    );
    const answer = await Promise.race([promise, late]);
    patience.abort();
    return answer;
  }
}

/** A session with a worker ends with it, whenever that is; every other fault is one. */
function ignoreGone(error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_INSPECTOR_COMMAND') return;
  throw error;
}

/** Node.js writes `[worker 3] name`; several workers may have one name, and those without one are called WorkerThread. */
function nameOf(title: string): string {
  const [, number = '', name = ''] = /^\[worker (\d+)\]\s*(.*)$/.exec(title) ?? [];
  return name === '' || name === 'WorkerThread' ? `worker ${number}`.trim() : `${name} (worker ${number})`;
}
