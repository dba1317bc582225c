import { ProfilerError } from './profiler-error.ts';

/** What of an error may leave the process: see `ErrorResponse` of the protocol. */
export interface ErrorDescription {
  code: string;
  message: string;
  advice?: string | undefined;
  field?: string | undefined;
}

/**
 * The sentence for a fault, without stack and without passwords. A fault that nobody foresaw gets the code
 * `internal`; its stack belongs into the log, see `stackOf`.
 */
export function describeError(error: unknown): ErrorDescription {
  if (!isForeseen(error)) {
    return {
      code: 'internal',
      message: `Something unexpected went wrong: ${withoutPasswords(firstLine(error))}`,
      advice: 'This is a fault of the profiler itself. Its log has the details; please report it.',
    };
  }
  return {
    code: error.code,
    message: withoutPasswords(error.message),
    ...(error.advice === undefined ? {} : { advice: withoutPasswords(error.advice) }),
    ...(error.field === undefined ? {} : { field: error.field }),
  };
}

interface ForeseenFault extends Error {
  readonly code: string;
  readonly advice?: string | undefined;
  readonly field?: string | undefined;
}

/**
 * The protocol is a room that imports nothing, so its errors are no `ProfilerError`; like those they have a code and
 * advice. The errors of Node.js have a code alone.
 */
function isForeseen(error: unknown): error is ForeseenFault {
  if (error instanceof ProfilerError) return true;
  if (!(error instanceof Error) || !('code' in error && 'advice' in error)) return false;
  return typeof error.code === 'string' && typeof error.advice === 'string';
}

/** For the log: the stack of an error and of its causes, without passwords. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return withoutPasswords(String(error));
  const own = error.stack ?? String(error);
  return withoutPasswords(error.cause === undefined ? own : `${own}\ncaused by ${stackOf(error.cause)}`);
}

/** Connection strings travel through messages of libraries: `scheme://user:secret@host` loses its secret. */
export function withoutPasswords(text: string): string {
  return text.replace(/(\w+:\/\/[^\s:@/]*):[^\s@/]+@/g, '$1:***@');
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message.split('\n', 1)[0] ?? '';
}
