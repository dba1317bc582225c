export interface ProfilerErrorOptions {
  /** A sentence that says what the user can do. */
  readonly advice?: string;
  /** The request field at fault, as a dotted path. */
  readonly field?: string;
  readonly cause?: unknown;
}

/** A fault with a stable code, a sentence that says what was wrong, and one that says what to do. */
export class ProfilerError extends Error {
  override readonly name: string = 'ProfilerError';
  readonly code: string;
  readonly advice: string | undefined;
  readonly field: string | undefined;

  constructor(code: string, message: string, options: ProfilerErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.advice = options.advice;
    this.field = options.field;
  }
}
