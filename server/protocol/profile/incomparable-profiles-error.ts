/** Profiles of which nothing can be compared. */
export class IncomparableProfilesError extends Error {
  override readonly name = 'IncomparableProfilesError';
  readonly code = 'incomparable_profiles';
  readonly advice = 'Compare profiles of the same kind in which the same handlers ran.';

  constructor(reason: string) {
    super(`The profiles cannot be compared: ${reason}.`);
  }
}
