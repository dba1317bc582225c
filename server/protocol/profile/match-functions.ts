import { alignPlaces, type PlacedFunction } from './align-places.ts';
import type { ComparedFunction } from './comparison.ts';
import { packageOf, portableFile } from './frame-file.ts';
import type { FrameGroups } from './frame-groups.ts';
import { namedCallers } from './named-callers.ts';
import { CATEGORIES, type Profile, type ProfileSource } from './profile.ts';

export interface MatchedFunctions {
  readonly functions: readonly ComparedFunction[];
  /** For each profile, those before first: its frames in groups whose indices are those of `functions`. */
  readonly groups: readonly FrameGroups[];
}

/**
 * Finds the same functions in profiles of two versions of a program, by name and file; the line may be another. Functions
 * of one name in one file, as those without a name, are told apart by their place and matched by `alignPlaces`.
 * What is left on both sides is matched where there is exactly one candidate: the same name in a file of the same name
 * (the folder was renamed, or the program lay elsewhere), then the same name in the same package (the file was renamed).
 */
export function matchFunctions(before: readonly Profile[], after: readonly Profile[]): MatchedFunctions {
  const places = new Places([...before, ...after].every(({ source }) => TELLS_BEGINNINGS.has(source)));
  const seen = [
    ...before.map((profile) => places.seenIn(profile, OLD)),
    ...after.map((profile) => places.seenIn(profile, NEW)),
  ];
  const candidates = places.candidates();
  for (const file of Map.groupBy(candidates, ({ file }) => portableFile(file)).values()) matchInFile(file);
  matchLeft(candidates, ({ name, file }) => `${name}\n${packageOf(file)}\n${baseName(file)}`);
  matchLeft(candidates, ({ name, file }) => `${name}\n${packageOf(file)}`);
  const kept = candidates.filter(({ isSame }) => isSame === undefined);
  const indices = new Map(kept.map((candidate, index) => [candidate, index]));
  return {
    functions: kept.map(({ described }) => described),
    groups: seen.map((ofFrame) => {
      const groupOf = Uint32Array.from(ofFrame, (own) => indices.get(own.isSame ?? own) ?? 0);
      const first = new Uint32Array(kept.length);
      for (let frame = groupOf.length - 1; frame >= 0; frame--) first[groupOf[frame] ?? 0] = frame;
      return { length: kept.length, groupOf, first };
    }),
  };
}

const OLD = 1;
const NEW = 2;

/** Formats in which the line of a frame is where its function begins. In others it may be the line that ran. */
const TELLS_BEGINNINGS: ReadonlySet<ProfileSource> = new Set(['v8-cpu', 'v8-heap', 'v8-log', 'chrome-trace']);

interface Candidate extends PlacedFunction {
  readonly file: string;
  described: ComparedFunction;
  /** Samples of the frame by which it is described: of all the lines of a function the one that was seen most. */
  samples: number;
  readonly callers: Set<string>;
  /** Sides on which it was seen: `OLD`, `NEW` or both. */
  sides: number;
  /** The function of the other side that it was matched with. */
  isSame?: Candidate;
}

/** The functions of both sides, each side for itself. */
class Places {
  readonly #known = new Map<string, Candidate>();
  readonly #tellsBeginnings: boolean;

  constructor(tellsBeginnings: boolean) {
    this.#tellsBeginnings = tellsBeginnings;
  }

  candidates(): Candidate[] {
    return [...this.#known.values()];
  }

  /** For each frame of a profile its candidate. */
  seenIn(profile: Profile, side: number): Candidate[] {
    const samples = samplesByFrame(profile);
    const callers = namedCallers(profile);
    return Array.from({ length: profile.frames.length }, (_, frame) => {
      const own = this.#candidate(describedAt(profile, frame), profile.frames.column[frame] ?? 0, side);
      for (const caller of callers[frame] ?? []) own.callers.add(caller);
      return this.#seenMost(own, describedAt(profile, frame), samples[frame] ?? 0);
    });
  }

  #candidate(described: ComparedFunction, column: number, side: number): Candidate {
    const { name, file, line } = described;
    const isByPlace = file !== '' && (this.#tellsBeginnings || isNameless(name));
    const key = `${side}\n${name}\n${portableFile(file)}\n${isByPlace ? `${line}:${column}` : ''}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const callers = new Set<string>();
    const added = { name, file, line, column, described, samples: 0, callers, sides: side };
    this.#known.set(key, added);
    return added;
  }

  #seenMost(own: Candidate, described: ComparedFunction, samples: number): Candidate {
    if (samples <= own.samples) return own;
    own.samples = samples;
    own.described = described;
    return own;
  }
}

function describedAt({ frames, strings }: Profile, frame: number): ComparedFunction {
  return {
    name: strings[frames.name[frame] ?? 0] ?? '',
    file: strings[frames.file[frame] ?? 0] ?? '',
    line: frames.line[frame] ?? 0,
    category: CATEGORIES[frames.category[frame] ?? 0] ?? 'program',
  };
}

function samplesByFrame({ samples, nodes, frames }: Profile): Uint32Array {
  const counts = new Uint32Array(frames.length);
  for (let row = 0; row < samples.length; row++) {
    if (samples.captured[row] !== 1) continue;
    const frame = nodes.frame[samples.node[row] ?? 0] ?? 0;
    counts[frame] = (counts[frame] ?? 0) + 1;
  }
  return counts;
}

/** Matches functions of one file: by name where it stands once on each side, whatever the order, else by place. */
function matchInFile(file: readonly Candidate[]): void {
  const inOrder = file.toSorted((one, other) => one.line - other.line || one.column - other.column);
  const [oldFile, youngFile] = [inOrder.filter(isOf(OLD)), inOrder.filter(isOf(NEW))];
  let isClear = true;
  for (const ofName of Map.groupBy(file, ({ name }) => name).values()) {
    const [old, young] = [ofName.filter(isOf(OLD)), ofName.filter(isOf(NEW))];
    const [from, to] = [old[0], young[0]];
    if (old.length === 1 && young.length === 1 && from && to) markSame(from, to);
    else if (from && to) isClear = false;
  }
  if (isClear) return;
  for (const [old, young] of alignPlaces(oldFile, youngFile)) {
    const [from, to] = [oldFile[old], youngFile[young]];
    if (from?.sides === OLD && to && to.isSame === undefined) markSame(from, to);
  }
}

function isOf(side: number): (candidate: Candidate) => boolean {
  return ({ sides }) => sides === side;
}

function markSame(old: Candidate, young: Candidate): void {
  young.isSame = old;
  old.sides = OLD | NEW;
  old.described = young.described;
}

/** Matches what was seen on one side only with what was seen on the other only, where the key is of one on each side. */
function matchLeft(candidates: readonly Candidate[], keyOf: (candidate: Candidate) => string): void {
  const byKey = new Map<string, Record<'old' | 'new', Candidate[]>>();
  for (const candidate of candidates) {
    if (candidate.sides === (OLD | NEW) || candidate.isSame !== undefined || !hasPlace(candidate)) continue;
    const key = keyOf(candidate);
    const sides = byKey.get(key) ?? { old: [], new: [] };
    byKey.set(key, sides);
    sides[candidate.sides === OLD ? 'old' : 'new'].push(candidate);
  }
  for (const { old, new: young } of byKey.values()) {
    const [from, to] = [old[0], young[0]];
    if (old.length !== 1 || young.length !== 1 || !from || !to) continue;
    markSame(from, to);
  }
}

/** Functions without a name or a file are told apart by nothing else. */
function hasPlace({ name, file }: Candidate): boolean {
  return file !== '' && !isNameless(name);
}

function isNameless(name: string): boolean {
  return name === '' || name === '(anonymous)';
}

function baseName(file: string): string {
  return /[^/\\]*$/.exec(portableFile(file))?.[0] ?? '';
}
