import type { Snapshotable } from '../projection.ts';

/** A state that can be changed without changing the given one. */
export function copyState<State>({ copy, encode, decode }: Snapshotable<State>, state: State): State {
  if (copy) return copy(state);
  const encoded = encode(state);
  return decode(typeof encoded === 'string' ? encoded : [...encoded].join(''));
}
