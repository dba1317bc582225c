import type { RunResult } from '../protocol/run.ts';
import type { ExecuteMessage } from '../protocol/runner-messages.ts';

/** What the execution of one run gets. */
export interface RunContext {
  readonly order: ExecuteMessage;
  readonly signal: AbortSignal;
  /** Aborted when somebody wants the run to end what it does and to keep what it has. */
  readonly stop: AbortSignal;
  /** A tool of another program has started this process, and would take a thread of ours for one of the user's. */
  readonly isUnderTool?: boolean;
  readonly progress: ReportProgress;
  /** Tells the result before the execution is over: from then on the run has succeeded, come what may. */
  readonly deliver: (result: RunResult) => void;
  readonly log: (message: string) => void;
  /** Figures of this moment, for who watches. */
  readonly metrics: (values: Readonly<Record<string, number>>) => void;
}

/** @param step what is being done, as a short phrase */
export type ReportProgress = (step: string, done: number, total: number) => void;
