import type { Clock } from '../lib/clock.ts';
import { describeError, type ErrorDescription, stackOf } from '../lib/describe-error.ts';
import type { Run, RunRequest, RunResult } from '../protocol/run.ts';
import { NotStoppableError, QueueFullError, UnknownRunError } from './errors.ts';
import type { RunDirectory } from './run-directory.ts';
import { type NumberedRunEvent, RunEventLog } from './run-event-log.ts';
import { newRunId } from './run-id.ts';
import type { RunNews, RunOutcome, RunProcess } from './run-process.ts';
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

export interface RunQueueOptions {
  readonly directory: RunDirectory;
  /** Starts the process of a run. A rejection fails the run. */
  readonly start: (run: Run, onNews: (news: RunNews) => void) => Promise<RunProcess>;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** Told of every run that ended. */
  readonly onEnded?: (run: Run) => void;
  /** Ended runs beyond this many are removed, the oldest first. */
  readonly keptRuns?: number;
  readonly maxWaiting?: number;
}

interface Entry {
  run: Run;
  readonly events: RunEventLog;
  readonly ended: PromiseWithResolvers<Run>;
  process?: RunProcess;
  /** Whether somebody wants it to keep what it has, which its process may not know yet. */
  isStopping?: boolean;
  /** Why the run shall end before it is done. */
  interruption?: Interruption;
}

interface Interruption {
  readonly state: 'failed' | 'cancelled';
  readonly error?: ErrorDescription;
}

const KEPT_RUNS = 100;
const MAX_WAITING = 100;

const leftBehind: ErrorDescription = {
  code: 'server_ended',
  message: 'The server ended before the run did.',
  advice: 'Start the run again.',
};

const stopped: ErrorDescription = {
  code: 'server_stopped',
  message: 'The server was stopped before the run ended.',
  advice: 'Start the run again.',
};

/** All runs of a workspace: those that wait, the one that runs, and those that ended and are kept on the disk. */
export class RunQueue {
  readonly #options: RunQueueOptions;
  readonly #entries = new Map<string, Entry>();
  #running: Entry | undefined;
  /** Settles when what the last run needed after its end is done too. */
  #execution: Promise<void> = Promise.resolve();
  #stopping = false;

  private constructor(options: RunQueueOptions) {
    this.#options = options;
  }

  /** Loads the kept runs. @throws FileFaultError when their folder is not writable */
  static async open(options: RunQueueOptions): Promise<RunQueue> {
    const queue = new RunQueue(options);
    const { runs, unreadable } = await options.directory.load();
    for (const folder of unreadable) options.log(`${folder} holds no readable run; it is left alone.`);
    for (const run of runs) await queue.#restore(run);
    await queue.#prune();
    return queue;
  }

  /** Queues a run. @throws QueueFullError, or FileFaultError when it cannot be kept */
  async submit(request: RunRequest): Promise<Run> {
    const waiting = this.list().filter((run) => run.state === 'queued').length;
    const maxWaiting = this.#options.maxWaiting ?? MAX_WAITING;
    if (waiting >= maxWaiting) throw new QueueFullError(waiting);
    const now = this.#options.clock.now();
    const run: Run = { id: newRunId(now), request, state: 'queued', createdAt: now.toISOString() };
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
    return await entry.ended.promise;
  }

  /**
   * Lets a running profile end what it does and succeed with what it has recorded; it may take as long as one operation.
   * A run that is over comes back as it is. @throws UnknownRunError, NotStoppableError
   */
  stopRun(id: string): Run {
    const entry = this.#entry(id);
    if (isFinal(entry.run)) return entry.run;
    const { kind } = entry.run.request;
    if ((kind !== 'profile' && kind !== 'attach') || entry.run.state !== 'running') {
      throw new NotStoppableError(entry.run);
    }
    entry.isStopping = true;
    entry.process?.stop();
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
    const open = Array.from(this.#entries.values()).filter((entry) => !isFinal(entry.run));
    for (const entry of open) this.#interrupt(entry, { state: 'cancelled', error: stopped });
    await Promise.all(open.map((entry) => entry.ended.promise));
    await this.#execution;
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (!entry) throw new UnknownRunError(id);
    return entry;
  }

  #add(run: Run): Entry {
    const entry: Entry = { run, events: new RunEventLog(), ended: Promise.withResolvers() };
    this.#entries.set(run.id, entry);
    return entry;
  }

  async #restore(run: Run): Promise<void> {
    const entry = this.#add(run);
    if (isFinal(run)) this.#announce(entry);
    // The result is written last but one: the server was killed between the two.
    else if (await this.#options.directory.readResult(run.id)) {
      await this.#finish(entry, { state: 'succeeded' });
    } else await this.#finish(entry, { state: 'failed', error: leftBehind });
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

  async #execute(entry: Entry): Promise<void> {
    entry.run = { ...entry.run, state: 'running' };
    entry.events.append({ type: 'state', state: 'running' });
    const outcome = await this.#outcomeOf(entry);
    // A result that was delivered before the interruption took effect is kept: the work is done.
    if (outcome.type === 'succeeded') await this.#finish(entry, { state: 'succeeded' });
    else if (entry.interruption) await this.#finish(entry, entry.interruption);
    else if (outcome.type === 'failed') await this.#finish(entry, { state: 'failed', error: outcome.error });
    else await this.#finish(entry, { state: 'cancelled' });
    await this.#prune();
  }

  async #outcomeOf(entry: Entry): Promise<RunOutcome> {
    try {
      await this.#options.directory.save(entry.run);
      entry.process = await this.#options.start(entry.run, (news) => entry.events.append(news));
      if (entry.interruption) entry.process.abort();
      if (entry.isStopping) entry.process.stop();
      const outcome = await entry.process.ended;
      if (outcome.type !== 'succeeded') await this.#options.directory.removeUnfinished(entry.run.id);
      // Also of a run that ended early, when it tells what it had done by then.
      if (outcome.result !== undefined)
        await this.#options.directory.saveResult(entry.run.id, outcome.result);
      return outcome;
    } catch (error) {
      this.#options.log(stackOf(error));
      return { type: 'failed', error: describeError(error) };
    }
  }

  #interrupt(entry: Entry, interruption: Interruption): void {
    if (isFinal(entry.run) || entry.interruption) return;
    entry.interruption = interruption;
    if (entry.run.state === 'queued') void this.#finish(entry, interruption);
    else entry.process?.abort();
  }

  async #finish(entry: Entry, end: { state: Run['state']; error?: ErrorDescription }): Promise<void> {
    const endedAt = this.#options.clock.now().toISOString();
    entry.run = { ...entry.run, endedAt, ...end };
    try {
      await this.#options.directory.save(entry.run);
    } catch (error) {
      // The run is over all the same; on the disk it stays as it was, and the next server shows it as failed.
      this.#options.log(`The end of run ${entry.run.id} could not be kept: ${describeError(error).message}`);
    }
    this.#announce(entry);
    this.#options.onEnded?.(entry.run);
  }

  #announce(entry: Entry): void {
    entry.events.append({ type: 'done', run: entry.run });
    entry.ended.resolve(entry.run);
  }

  async #prune(): Promise<void> {
    const kept = this.#options.keptRuns ?? KEPT_RUNS;
    const ended = Array.from(this.#entries.values()).filter((entry) => isFinal(entry.run));
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

function isFinal(run: Run): boolean {
  return run.state !== 'queued' && run.state !== 'running';
}
