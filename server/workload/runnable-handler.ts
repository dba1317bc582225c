import type { HandlerKind, OperationRecord } from '../handling/operation-record.ts';

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
   * Executes the handler once, observed. A fault of the handler or the store is thrown.
   * @param iteration counts the executions of a run from 0 and chooses the input
   */
  execute(iteration: number, signal: AbortSignal): Promise<OperationRecord>;
}
