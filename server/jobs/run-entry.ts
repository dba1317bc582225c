import type { ErrorDescription } from '../lib/describe-error.ts';
import type { Run } from '../protocol/run.ts';
import { RunEventLog } from './run-event-log.ts';
import type { RunProcess } from './run-process.ts';

/** How a run ends. */
export interface RunEnd {
  readonly state: 'succeeded' | 'failed' | 'cancelled';
  readonly error?: ErrorDescription;
}

/** Why a run shall end before it is done. */
export interface Interruption extends RunEnd {
  readonly state: 'failed' | 'cancelled';
}

/** One run as the server that holds it knows it: its state, its events, its process. run-queue.ts tells the states. */
export class RunEntry {
  readonly events = new RunEventLog();
  readonly #ended = Promise.withResolvers<Run>();
  #run: Run;
  #process: RunProcess | undefined;
  /** Whether somebody wants it to keep what it has, which its process may not know yet. */
  #isStopping = false;
  #interruption: Interruption | undefined;

  constructor(run: Run) {
    this.#run = run;
  }

  get run(): Run {
    return this.#run;
  }

  get isFinal(): boolean {
    return this.#run.state !== 'queued' && this.#run.state !== 'running';
  }

  /** Resolves when the run is over. */
  get ended(): Promise<Run> {
    return this.#ended.promise;
  }

  get interruption(): Interruption | undefined {
    return this.#interruption;
  }

  begin(now: Date): void {
    this.#run = { ...this.#run, state: 'running', startedAt: now.toISOString() };
    this.events.append({ type: 'state', state: 'running' });
  }

  /** What was asked for before the process was there is passed on to it. */
  executedBy(process: RunProcess): void {
    this.#process = process;
    if (this.#interruption) process.abort();
    if (this.#isStopping) process.stop();
  }

  stop(): void {
    this.#isStopping = true;
    this.#process?.stop();
  }

  /** False where the run is over, or is being interrupted already. */
  interrupt(interruption: Interruption): boolean {
    if (this.isFinal || this.#interruption) return false;
    this.#interruption = interruption;
    this.#process?.abort();
    return true;
  }

  end(end: RunEnd, now: Date): void {
    this.#run = { ...this.#run, endedAt: now.toISOString(), ...end };
  }

  /** Tells everybody who follows it, or waits for it, that it is over. */
  announceEnd(): void {
    this.events.append({ type: 'done', run: this.#run });
    this.#ended.resolve(this.#run);
  }
}
