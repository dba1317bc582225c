import type { ErrorResponse } from './error-response.ts';

/** The server refused a request or could not be reached: its sentence, ready to be shown. */
export class ServerRequestError extends Error {
  override readonly name = 'ServerRequestError';
  readonly code: string;
  readonly advice: string | undefined;
  readonly field: string | undefined;
  /** HTTP status; 0 when the server did not answer. */
  readonly status: number;

  constructor(response: ErrorResponse, status: number, cause?: unknown) {
    super(response.message, { cause });
    this.code = response.code;
    this.advice = response.advice;
    this.field = response.field;
    this.status = status;
  }
}
