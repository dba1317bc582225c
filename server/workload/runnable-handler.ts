import type { HandlerKind, OperationRecord } from '../handling/recording/operation-record.ts';

/** A handler as a picker shows it. */
export interface HandlerSummary {
  readonly name: string;
  readonly kind: HandlerKind;
  /** One sentence: what the handler answers or does. */
  readonly summary: string;
  /** One sentence: what executing it changes for good. Absent for a handler that changes nothing. */
  readonly effect?: string;
}

/** A handler together with its inputs: what a run executes again and again. */
export interface RunnableHandler extends HandlerSummary {
  /**
   * Reads what the inputs are chosen from. Absent for a handler that needs nothing read; left out, the first execution
   * does it.
   * @param progress called with the number of events that were read so far
   */
  prepare?(signal: AbortSignal, progress: (eventsRead: number) => void): Promise<void>;
  /**
   * Executes the handler once, observed. A fault of the handler or the store is thrown.
   * @param iteration counts the executions of a run from 0 and chooses the input
   * @throws NoInputError when there is no input, or none any more
   */
  execute(iteration: number, signal: AbortSignal): Promise<OperationRecord>;
  /** The input of the last execution; absent where the handler does not tell. */
  lastInput?(): unknown;
}
