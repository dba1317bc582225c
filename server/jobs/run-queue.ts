import type { Clock } from '../lib/clock.ts';
import { describeError, type ErrorDescription } from '../lib/describe-error.ts';
import type { Run, RunRequest, RunResult, RunSubject } from '../protocol/run.ts';
import { NotStoppableError, QueueFullError, UnknownRunError } from './errors.ts';
import { executeRun, type RunExecution } from './execute-run.ts';
import { endOfLeftRun } from './left-run.ts';
import { type Interruption, type RunEnd, RunEntry } from './run-entry.ts';
import type { NumberedRunEvent } from './run-event-log.ts';
import { newRunId } from './run-id.ts';
import { type ArtifactFile, findArtifact, readResult } from './run-results.ts';

/*
 * The life of a run:
 *
 *   queued    -> running     when no other run is running; one at a time, for a second one would disturb the first one's figures
 *   queued    -> cancelled   on cancel, and when the server stops
 *   running   -> succeeded   when its process delivered a result and the result is on the disk
 *   running   -> failed      when its process said so, crashed, or was interrupted by a fault around it (the database ended)
 *   running   -> cancelled   on cancel, and when the server stops
 *
 * The three on the right are final. On the disk a run can also be left queued or running by a server that was
 * killed: the next server shows it as failed.
 */

export interface RunQueueOptions extends RunExecution {
  readonly clock: Clock;
  /** Told of every run that ended. */
  readonly onEnded?: (run: Run) => void;
  /** Ended runs beyond this many are removed, the oldest first. */
  readonly keptRuns?: number;
  readonly maxWaiting?: number;
}

const KEPT_RUNS = 100;
const MAX_WAITING = 100;

const stopped: ErrorDescription = {
  code: 'server_stopped',
  message: 'The server was stopped before the run ended.',
  advice: 'Start the run again.',
};

/** All runs of a workspace: those that wait, the one that runs, and those that ended and are kept on the disk. */
export class RunQueue {
  readonly #options: RunQueueOptions;
  readonly #entries = new Map<string, RunEntry>();
  #running: RunEntry | undefined;
  /** Settles when what the last run needed after its end is done too. */
  #execution: Promise<void> = Promise.resolve();
  #stopping = false;

  private constructor(options: RunQueueOptions) {
    this.#options = options;
  }

  /** Loads the kept runs. @throws FileFaultError when their folder is not writable */
  static async open(options: RunQueueOptions): Promise<RunQueue> {
    const queue = new RunQueue(options);
    const { runs, leftAlone } = await options.directory.load();
    for (const sentence of leftAlone) options.log(sentence);
    for (const run of runs) await queue.#restore(run);
    await queue.#prune();
    return queue;
  }

  /** Queues a run. @throws QueueFullError, or FileFaultError when it cannot be kept */
  async submit(request: RunRequest, subject?: RunSubject): Promise<Run> {
    const waiting = this.list().filter((run) => run.state === 'queued').length;
    const maxWaiting = this.#options.maxWaiting ?? MAX_WAITING;
    if (waiting >= maxWaiting) throw new QueueFullError(waiting);
    const now = this.#options.clock.now();
    const run: Run = {
      id: newRunId(now),
      request,
      state: 'queued',
      createdAt: now.toISOString(),
      ...(subject && { subject }),
    };
    await this.#options.directory.save(run);
    const entry = this.#add(run);
    entry.events.append({ type: 'state', state: 'queued' });
    this.#next();
    return entry.run;
  }

  /** All runs, oldest first. */
  list(): readonly Run[] {
    return Array.from(this.#entries.values(), (entry) => entry.run);
  }

  /** @throws UnknownRunError */
  find(id: string): Run {
    return this.#entry(id).run;
  }

  /** Ends a run and resolves when it is over; a run that ended before comes back as it is. @throws UnknownRunError */
  async cancel(id: string): Promise<Run> {
    const entry = this.#entry(id);
    this.#interrupt(entry, { state: 'cancelled' });
    return await entry.ended;
  }

  /**
   * Lets a running profile end what it does and succeed with what it has recorded; it may take as long as one operation.
   * A run that is over comes back as it is. @throws UnknownRunError, NotStoppableError
   */
  stopRun(id: string): Run {
    const entry = this.#entry(id);
    if (entry.isFinal) return entry.run;
    const { kind } = entry.run.request;
    if ((kind !== 'profile' && kind !== 'attach') || entry.run.state !== 'running') {
      throw new NotStoppableError(entry.run);
    }
    entry.stop();
    return entry.run;
  }

  /**
   * What happened in a run after the event with the id `after`, and what happens, until it is over.
   * Undefined when there is nothing left to tell. @throws UnknownRunError
   */
  follow(
    id: string,
    after: string | undefined,
    signal: AbortSignal,
  ): AsyncIterable<NumberedRunEvent> | undefined {
    const { events } = this.#entry(id);
    return events.hasNothingAfter(after) ? undefined : events.follow(after, signal);
  }

  /** @throws UnknownRunError, NoResultError */
  async result(id: string): Promise<RunResult> {
    return await readResult(this.find(id), this.#options.directory);
  }

  /** Where a file of a run lies. Only what the result lists is given out. @throws UnknownRunError, NoResultError, UnknownArtifactError */
  async artifact(id: string, name: string): Promise<ArtifactFile> {
    return await findArtifact(this.find(id), name, this.#options.directory);
  }

  /**
   * A fault around the running run, the database's end for one: the run fails with this sentence.
   * @param isOwnMatter whether such a run deals with it itself
   */
  failRunning(error: ErrorDescription, isOwnMatter: (request: RunRequest) => boolean = () => false): void {
    if (!this.#running || isOwnMatter(this.#running.run.request)) return;
    this.#interrupt(this.#running, { state: 'failed', error });
  }

  /** Ends every run and takes no more. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const open = Array.from(this.#entries.values()).filter((entry) => !entry.isFinal);
    for (const entry of open) this.#interrupt(entry, { state: 'cancelled', error: stopped });
    await Promise.all(open.map((entry) => entry.ended));
    await this.#execution;
  }

  #entry(id: string): RunEntry {
    const entry = this.#entries.get(id);
    if (!entry) throw new UnknownRunError(id);
    return entry;
  }

  #add(run: Run): RunEntry {
    const entry = new RunEntry(run);
    this.#entries.set(run.id, entry);
    return entry;
  }

  async #restore(run: Run): Promise<void> {
    const entry = this.#add(run);
    if (entry.isFinal) entry.announceEnd();
    else await this.#finish(entry, await endOfLeftRun(run, this.#options.directory));
  }

  #next(): void {
    if (this.#running || this.#stopping) return;
    const entry = Array.from(this.#entries.values()).find(({ run }) => run.state === 'queued');
    if (!entry) return;
    this.#running = entry;
    this.#execution = this.#execute(entry).finally(() => {
      this.#running = undefined;
      this.#next();
    });
  }

  async #execute(entry: RunEntry): Promise<void> {
    entry.begin(this.#options.clock.now());
    await this.#finish(entry, await executeRun(entry, this.#options));
    await this.#prune();
  }

  #interrupt(entry: RunEntry, interruption: Interruption): void {
    const isQueued = entry.run.state === 'queued';
    if (entry.interrupt(interruption) && isQueued) void this.#finish(entry, interruption);
  }

  async #finish(entry: RunEntry, end: RunEnd): Promise<void> {
    entry.end(end, this.#options.clock.now());
    try {
      await this.#options.directory.save(entry.run);
    } catch (error) {
      // The run is over all the same; on the disk it stays as it was, and the next server shows it as failed.
      this.#options.log(`The end of run ${entry.run.id} could not be kept: ${describeError(error).message}`);
    }
    entry.announceEnd();
    this.#options.onEnded?.(entry.run);
  }

  async #prune(): Promise<void> {
    const kept = this.#options.keptRuns ?? KEPT_RUNS;
    const ended = Array.from(this.#entries.values()).filter((entry) => entry.isFinal);
    const old = ended.slice(0, Math.max(0, ended.length - kept));
    if (old.length === 0) return;
    try {
      for (const { run } of old) {
        this.#entries.delete(run.id);
        await this.#options.directory.remove(run.id);
      }
      this.#options.log(`Removed ${old.length} old runs; the newest ${kept} are kept.`);
    } catch (error) {
      // What could not be removed is listed again after the next start and tried again then.
      this.#options.log(`An old run could not be removed: ${describeError(error).message}`);
    }
  }
}
