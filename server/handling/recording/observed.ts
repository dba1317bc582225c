import type { Handled, HandleOptions, Handler } from '../handler.ts';
import type { OperationRecord } from './operation-record.ts';
import type { FailedOperation, OperationRecorder } from './operation-recorder.ts';

/** What observing adds to an answer. */
export interface Observed {
  readonly record: OperationRecord;
}

/**
 * Records every execution of a handler: its duration, its phases, its outcome, what it read.
 * A fault is thrown on unchanged, after `failed` got its record.
 */
export function observed<Input, Answer extends Handled, State>(
  handler: Handler<Input, Answer, State>,
  recorder: OperationRecorder,
  failed?: FailedOperation,
): Handler<Input, Answer & Observed, State> {
  async function handle(input: Input, options: HandleOptions<State> = {}): Promise<Answer & Observed> {
    const { name, kind } = handler;
    const operation = { handler: name, kind, iteration: options.iteration ?? 0 };
    const { answer, record } = await recorder.observe(
      operation,
      () => handler.handle(input, options),
      failed,
    );
    return { ...answer, record };
  }

  return { ...handler, handle };
}
