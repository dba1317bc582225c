import { l10n } from 'vscode';
import type { ErrorResponse } from '../server/protocol/error-response.ts';
import { ServerRequestError } from '../server/protocol/server-request-error.ts';

/** A fault as a notification shows it: what is wrong, and what the user can do. */
export class UserFault extends Error {
  override readonly name = 'UserFault';
  readonly code: string;
  readonly advice: string | undefined;

  constructor(fault: ErrorResponse, cause?: unknown) {
    super(fault.message, { cause });
    this.code = fault.code;
    this.advice = fault.advice;
  }
}

/** Every fault as one that can be shown. What is none of ours keeps its own words and stays as the cause. */
export function toUserFault(error: unknown): UserFault {
  if (error instanceof UserFault) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ServerRequestError) {
    const { code, advice } = error;
    return new UserFault(
      { code, message, advice: code === 'server_unreachable' ? restart() : advice },
      error,
    );
  }
  return new UserFault({ code: 'unexpected', message, advice: l10n.t('The log says more.') }, error);
}

/** The server's own advice names its command line, which is not how this editor starts it. */
function restart(): string {
  return l10n.t('Run "Event Store Profiler: Restart Server".');
}
