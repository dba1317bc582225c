/** What is known of a kept state when an operation has brought it up to date. Times are milliseconds. */
export interface SaveSituation {
  /** Folded for good since the last save; all of them when there was none. None that is read again while an append is under way. */
  readonly eventsSinceSave: number;
  /** Since the last save; since the state was first kept when there was none. */
  readonly msSinceSave: number;
  /** What reading and folding these events would cost whoever loads the last save; measured on this projection. */
  readonly tailMs: number;
  /** What saving cost the last time; a guess before the first. */
  readonly saveMs: number;
}

/** Whether to save now. Asked after every operation that read something new. */
export type SavePolicy = (situation: SaveSituation) => boolean;

/** Whenever so many events were folded since the last save. */
export function everyEvents(count: number): SavePolicy {
  return ({ eventsSinceSave }) => eventsSinceSave >= count;
}

/** When the last save is so old and there is something new. */
export function olderThan(ms: number): SavePolicy {
  return ({ eventsSinceSave, msSinceSave }) => eventsSinceSave > 0 && msSinceSave >= ms;
}

/**
 * When reading the tail costs a reader more than saving costs, so that a save has paid for itself with the first reader
 * who needs it. States of a few events are never saved: reading these is cheaper than loading a snapshot.
 * @param factor how many times as much
 */
export function whenTailCostsMore(factor = 1): SavePolicy {
  return ({ tailMs, saveMs }) => tailMs >= saveMs * factor;
}

export function anyOf(...policies: readonly SavePolicy[]): SavePolicy {
  return (situation) => policies.some((policy) => policy(situation));
}

export function allOf(...policies: readonly SavePolicy[]): SavePolicy {
  return (situation) => policies.every((policy) => policy(situation));
}
