/** Data that claims to be a profile and is not a whole, lawful one. Says what is wrong and where. */
export class ProfileFormatError extends Error {
  override readonly name = 'ProfileFormatError';
  readonly code = 'profile_format';
  /** What the user can do about it. */
  readonly advice: string;
  /** Place in the data: a byte, a table and row, or a field. */
  readonly where: string;
  /** What is wrong there, without a full stop. */
  readonly problem: string;

  constructor(where: string, problem: string, options: { advice?: string; cause?: unknown } = {}) {
    super(`This is not a readable profile: ${where}: ${problem}.`, { cause: options.cause });
    this.where = where;
    this.problem = problem;
    this.advice = options.advice ?? 'The file is damaged or of another kind. Record the profile again.';
  }
}
