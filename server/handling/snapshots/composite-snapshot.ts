import type { SnapshotProjection } from '../projection.ts';
import { copyState } from './copy-state.ts';

/** How the states of several projections are kept as one: one row, one load, one sequence number. */
export type SnapshotParts<States> = { readonly [Part in keyof States]: SnapshotProjection<States[Part]> };

// [state, state, …, [length of each]]: the lengths tell where each text ends, so that none is parsed twice.
const LENGTHS = /,\[([\d,]+)\]\]$/;

/** The states as one state. It has a version for each of them: if one is raised, all are folded anew. */
export function compositeSnapshot<States extends object>(
  parts: SnapshotParts<States>,
): SnapshotProjection<States> {
  const all = Object.entries(parts) as [keyof States, SnapshotProjection<States[keyof States]>][];
  const statesBy = (
    stateOf: (part: keyof States, projection: SnapshotProjection<States[keyof States]>) => unknown,
  ) => Object.fromEntries(all.map(([part, projection]) => [part, stateOf(part, projection)])) as States;

  return {
    version: all.map(([, { version }]) => version).join('.'),
    initialState: () => statesBy((_, projection) => projection.initialState()),
    copy: (states) => statesBy((part, projection) => copyState(projection, states[part])),
    encode: (states) => encodeAll(all.map(([part, projection]) => projection.encode(states[part]))),
    decode: (json) => {
      const texts = textsIn(json, all.length);
      return statesBy((part, projection) =>
        projection.decode(texts[all.findIndex(([name]) => name === part)] ?? ''),
      );
    },
  };
}

/** Takes what each needs of its state before the first part is given. */
function encodeAll(encoded: readonly (string | Iterable<string>)[]): Iterable<string> {
  const begun = encoded.map((parts) => {
    const rest = (typeof parts === 'string' ? [parts] : parts)[Symbol.iterator]();
    return { first: rest.next(), rest };
  });
  return joined(begun);
}

interface Begun {
  readonly first: IteratorResult<string>;
  readonly rest: Iterator<string>;
}

function* joined(begun: readonly Begun[]): Generator<string> {
  const lengths: number[] = [];
  yield '[';
  for (const { first, rest } of begun) {
    let length = 0;
    for (let part = first; !part.done; part = rest.next()) {
      length += part.value.length;
      yield part.value;
    }
    lengths.push(length);
    yield ',';
  }
  yield `[${lengths}]]`;
}

/** @throws TypeError when it is not what was joined of so many */
function textsIn(json: string, count: number): readonly string[] {
  const lengths = (LENGTHS.exec(json)?.[1] ?? '').split(',').map(Number);
  if (lengths.length !== count) throw new TypeError(`These are not the states of ${count} projections.`);
  let start = 1;
  return lengths.map((length) => {
    const text = json.slice(start, start + length);
    start += length + 1;
    return text;
  });
}
