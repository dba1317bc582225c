import { CommanderError } from 'commander';
import { describeError, stackOf } from '../lib/describe-error.ts';
import { ServerRequestError } from '../protocol/server-request-error.ts';
import { CancelledError } from './exit-code.ts';
import { printedOutputAdvice } from './printed-output.ts';

/** Writes what was wrong and what to do; the stack only when it is asked for. */
export function printError(error: unknown, verbose: boolean): void {
  // Commander has printed its own sentence.
  if (error instanceof CommanderError) return;
  if (error instanceof CancelledError) {
    console.error('Cancelled.');
    return;
  }
  const { code, message, advice } = error instanceof ServerRequestError ? error : describeError(error);
  console.error(message);
  if (advice !== undefined) console.error(advice);
  const hint = printedOutputAdvice(code, verbose);
  if (hint !== undefined) console.error(hint);
  if (verbose) console.error(`\n${stackOf(error)}`);
}
