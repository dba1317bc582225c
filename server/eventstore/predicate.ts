/** A top-level field of the payload holds exactly this string. */
export interface Predicate {
  readonly key: string;
  readonly value: string;
}

/** A predicate on a top-level string field of the payload, for a filter. */
export function p(key: string, value: string): Predicate {
  return { key, value };
}
