import type { ComparedFunction } from './comparison.ts';
import { packageOf, portableFile } from './frame-file.ts';
import { type FrameGroups, groupFrames } from './frame-groups.ts';
import { CATEGORIES, type Profile } from './profile.ts';

export interface MatchedFunctions {
  readonly functions: readonly ComparedFunction[];
  /** For each profile, those before first: its frames in groups whose indices are those of `functions`. */
  readonly groups: readonly FrameGroups[];
}

/**
 * Finds the same functions in profiles of two versions of a program, by name and file; the line may be another.
 * What is left on both sides is matched where there is exactly one candidate: the same name in a file of the same name
 * (the folder was renamed, or the program lay elsewhere), then the same name in the same package (the file was renamed).
 */
export function matchFunctions(before: readonly Profile[], after: readonly Profile[]): MatchedFunctions {
  const known = new Map<string, Candidate>();
  const profiles = [
    ...before.map((profile) => [profile, OLD] as const),
    ...after.map((profile) => [profile, NEW] as const),
  ];
  const seen = profiles.map(([profile, side]) => seenIn(profile, side, known));
  const candidates = [...known.values()];
  matchLeft(candidates, ({ name, file }) => `${name}\n${packageOf(file)}\n${baseName(file)}`);
  matchLeft(candidates, ({ name, file }) => `${name}\n${packageOf(file)}`);
  const kept = candidates.filter(({ isSame }) => isSame === undefined);
  const indices = new Map(kept.map((candidate, index) => [candidate, index]));
  return {
    functions: kept.map(({ described }) => described),
    groups: seen.map(({ groups, found }) => {
      const matchOf = found.map((candidate) => indices.get(candidate.isSame ?? candidate) ?? 0);
      const first = new Uint32Array(kept.length);
      for (const [group, match] of matchOf.entries()) first[match] = groups.first[group] ?? 0;
      return { length: kept.length, groupOf: groups.groupOf.map((group) => matchOf[group] ?? 0), first };
    }),
  };
}

const OLD = 1;
const NEW = 2;

interface Candidate {
  readonly name: string;
  readonly file: string;
  described: ComparedFunction;
  /** Sides on which it was seen: `OLD`, `NEW` or both. */
  sides: number;
  /** The function of the other side that it was matched with. */
  isSame?: Candidate;
}

function seenIn(profile: Profile, side: number, known: Map<string, Candidate>) {
  const groups = groupFrames(profile, 'function');
  const { frames, strings } = profile;
  const found = Array.from(groups.first, (frame) => {
    const described: ComparedFunction = {
      name: strings[frames.name[frame] ?? 0] ?? '',
      file: strings[frames.file[frame] ?? 0] ?? '',
      line: frames.line[frame] ?? 0,
      category: CATEGORIES[frames.category[frame] ?? 0] ?? 'program',
    };
    const { name, file } = described;
    const key = `${name}\n${portableFile(file)}`;
    const candidate = known.get(key) ?? { name, file, described, sides: 0 };
    known.set(key, candidate);
    candidate.sides |= side;
    candidate.described = described;
    return candidate;
  });
  return { groups, found };
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
    from.isSame = to;
    to.sides = OLD | NEW;
  }
}

/** Functions without a name or a file are told apart by nothing else. */
function hasPlace({ name, file }: Candidate): boolean {
  return file !== '' && name !== '' && name !== '(anonymous)';
}

function baseName(file: string): string {
  return /[^/\\]*$/.exec(portableFile(file))?.[0] ?? '';
}
