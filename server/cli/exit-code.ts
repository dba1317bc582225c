import { CommanderError } from 'commander';
import { InvalidInputError } from '../handling/input/parse-input.ts';
import { ServerRequestError } from '../protocol/server-request-error.ts';
import { NothingToExplainError } from '../runner/explain-faults.ts';
import { UnknownHandlerError } from '../workload/unknown-handler-error.ts';
import { UsageError } from './usage-error.ts';

export const EXIT = { ok: 0, fault: 1, usage: 2, cancelled: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The work was ended by Ctrl+C. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CancelledError) return EXIT.cancelled;
  if (error instanceof UsageError || error instanceof UnknownHandlerError) return EXIT.usage;
  if (error instanceof InvalidInputError || error instanceof NothingToExplainError) return EXIT.usage;
  // Help and version are asked for; commander reports them as errors with the code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof ServerRequestError && error.status === 400) return EXIT.usage;
  return EXIT.fault;
}
