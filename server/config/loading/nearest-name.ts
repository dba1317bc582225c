import { distance } from 'fastest-levenshtein';

/** The name that was probably meant; undefined when none is like it. */
export function nearestName(wanted: string, names: readonly string[]): string | undefined {
  const [nearest] = names
    .map((name) => ({ name, letters: distance(wanted.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.letters - b.letters);
  // A third of the letters: a slip of the fingers, not another word.
  return nearest && nearest.letters <= wanted.length / 3 ? nearest.name : undefined;
}

/** For the end of a sentence: `; did you mean 'x'?`, or nothing but its stop. */
export function didYouMean(wanted: string, names: readonly string[]): string {
  const nearest = nearestName(wanted, names);
  return nearest === undefined ? '.' : `; did you mean '${nearest}'?`;
}
