/** A function of a file as one version of the program has it. */
export interface PlacedFunction {
  readonly name: string;
  /** 1-based; 0 where unknown. */
  readonly line: number;
  readonly column: number;
  /** Functions with a name that call it, directly or through others without one. */
  readonly callers: ReadonlySet<string>;
}

/** Above this many pairs of one file (two times 2,000 functions) only what stands where it stood is matched: 4 MB. */
const MOST_PAIRS = 4e6;

/**
 * Which functions of a file are the same in two versions of it, as pairs of indices. Lists are in the order of the file;
 * of functions with the same name their order is kept. Of all ways to do so the one is taken that pairs most functions with
 * the same callers and at the same distance from the one before them, then most at the same place: what was put in or
 * taken out above moves many lines by as much, and a callback keeps who calls it. An alignment of sequences with a bonus
 * for unbroken stretches (Gotoh, "An improved algorithm for matching biological sequences", J. Mol. Biol. 162, 1982).
 */
export function alignPlaces(
  old: readonly PlacedFunction[],
  young: readonly PlacedFunction[],
): (readonly [old: number, young: number])[] {
  if (old.length * young.length > MOST_PAIRS) return unmoved(old, young);
  const width = young.length + 1;
  // For each pair of places how its best score came about.
  const steps = new Uint8Array((old.length + 1) * width);
  let [paired, best] = [new Float64Array(width).fill(NEVER), new Float64Array(width)];
  for (let row = 1; row <= old.length; row++) {
    const [nextPaired, nextBest] = [new Float64Array(width).fill(NEVER), new Float64Array(width)];
    for (let column = 1; column < width; column++) {
      const { score, isAfterPair } = pairing({ old, young, row, column }, paired, best);
      nextPaired[column] = score;
      const [above, left] = [best[column] ?? 0, nextBest[column - 1] ?? 0];
      const top = Math.max(score, above, left);
      nextBest[column] = top;
      const way = top === score ? PAIRED : top === above ? SKIP_OLD : SKIP_YOUNG;
      steps[row * width + column] = way | (isAfterPair ? AFTER_PAIR : 0);
    }
    [paired, best] = [nextPaired, nextBest];
  }
  return wayBack(steps, old.length, young.length);
}

interface Pair {
  readonly old: readonly PlacedFunction[];
  readonly young: readonly PlacedFunction[];
  /** 1-based. */
  readonly row: number;
  readonly column: number;
}

const NEVER = Number.NEGATIVE_INFINITY;

/** What it is worth to match two functions, after what is best in the row before, paired or not. */
function pairing({ old, young, row, column }: Pair, paired: Float64Array, best: Float64Array) {
  const [from, to] = [old[row - 1], young[column - 1]];
  if (from === undefined || to === undefined || from.name !== to.name) {
    return { score: NEVER, isAfterPair: false };
  }
  const [oldBefore, youngBefore] = [old[row - 2], young[column - 2]];
  const isUnbroken = oldBefore && youngBefore && isSameDistance([oldBefore, from], [youngBefore, to]);
  const going = (paired[column - 1] ?? 0) + (isUnbroken ? UNBROKEN : 0);
  const anew = best[column - 1] ?? 0;
  return { score: Math.max(going, anew) + likeness(from, to), isAfterPair: going >= anew };
}

const SAME_CALLER = 2;
const UNBROKEN = 1;
const SAME_PLACE = 0.5;
const SAME_COLUMN = 0.05;

const SKIP_OLD = 1;
const SKIP_YOUNG = 2;
const PAIRED = 3;
/** Beside one of the others: where this place is paired, the two before it are. */
const AFTER_PAIR = 4;

function likeness(old: PlacedFunction, young: PlacedFunction): number {
  const columns = Math.abs(old.column - young.column);
  const distance = Math.abs(old.line - young.line) + Math.min(1, columns / 100);
  const callers = hasCommon(old.callers, young.callers) ? SAME_CALLER : 0;
  return callers + SAME_PLACE / (1 + distance) + (columns === 0 ? SAME_COLUMN : 0);
}

function hasCommon(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const one of some) if (others.has(one)) return true;
  return false;
}

type Stretch = readonly [PlacedFunction, PlacedFunction];

function isSameDistance([oldBefore, old]: Stretch, [youngBefore, young]: Stretch): boolean {
  const lines = old.line - oldBefore.line;
  if (lines !== young.line - youngBefore.line) return false;
  return lines !== 0 || old.column - oldBefore.column === young.column - youngBefore.column;
}

function wayBack(steps: Uint8Array, oldLength: number, youngLength: number) {
  const pairs: (readonly [number, number])[] = [];
  let [row, column] = [oldLength, youngLength];
  let isPaired = false;
  while (row > 0 && column > 0) {
    const step = steps[row * (youngLength + 1) + column] ?? 0;
    const way = step & 3;
    if (isPaired || way === PAIRED) {
      pairs.push([--row, --column]);
      isPaired = (step & AFTER_PAIR) !== 0 && row > 0 && column > 0;
    } else if (way === SKIP_OLD) row--;
    else column--;
  }
  return pairs.reverse();
}

function unmoved(old: readonly PlacedFunction[], young: readonly PlacedFunction[]) {
  const keyOf = ({ name, line, column }: PlacedFunction) => `${name}\n${line}\n${column}`;
  const there = new Map(young.map((own, at) => [keyOf(own), at]));
  return old.flatMap((own, at) => {
    const same = there.get(keyOf(own));
    return same === undefined ? [] : [[at, same] as const];
  });
}
