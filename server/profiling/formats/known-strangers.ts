import { ProfileFormatError } from '../../protocol/profile/profile-format-error.ts';

/** A file that is no profile, and that stands beside one: what it is and what to open instead. */
interface Stranger {
  readonly where: string;
  readonly problem: string;
  readonly advice: string;
}

const BESIDE_IT = 'Open the file isolate-…-v8.log.json of the same folder, or isolate-…-v8.log.';

const HEAP_SNAPSHOT: Stranger = {
  where: 'snapshot',
  problem: 'it is a heap snapshot: objects, not a profile',
  advice: 'Open it in Chrome DevTools, or record a sampling heap profile (node --heap-prof).',
};

const TREE_OF_0X: Stranger = {
  where: 'merged',
  problem: 'it is the tree that 0x draws (--tree-debug), without times',
  advice: BESIDE_IT,
};

const SETTINGS_OF_0X: Stranger = {
  where: 'the file',
  problem: 'it holds the settings of a run of 0x (meta.json), no samples',
  advice: BESIDE_IT,
};

/** By a key that no profile has. */
const BY_KEY = new Map<string, Stranger>([
  ['snapshot', HEAP_SNAPSHOT],
  ['merged', TREE_OF_0X],
  ['unmerged', TREE_OF_0X],
  ['treeDebug', SETTINGS_OF_0X],
  ['pathToNodeBinary', SETTINGS_OF_0X],
]);

const PAGE: Stranger = {
  where: 'line 1',
  problem: 'it is a page to look at, not a profile',
  advice:
    'Open what it was drawn from. Of 0x: the file isolate-…-v8.log.json of the same folder, or isolate-…-v8.log. Of a run of this profiler: its profile.cpuprofile.',
};

const TICKS_OF_0X: Stranger = {
  where: 'the file',
  problem: 'it holds the stacks of 0x without their times (ticks.json)',
  advice: BESIDE_IT,
};

const PERF_SCRIPT: Stranger = {
  where: 'line 1',
  problem: 'it is what "perf script" prints (0x --kernel-tracing keeps it as stacks.….out)',
  advice:
    'Collapse it, and open the result: stackcollapse-perf.pl stacks.….out > stacks.collapsed (of the FlameGraph scripts).',
};

const BY_BEGINNING: readonly (readonly [RegExp, Stranger])[] = [
  [/^\s*<(?:!doctype|html|head|svg|\?xml|!--)/i, PAGE],
  [/^\s*\[\s*\[\s*[\]{]/, TICKS_OF_0X],
  // Program, process, time, event; then addresses with what lies there.
  [/^\S.*\s\d+\s+(?:\[\d+\]\s+)?\d+\.\d+:\s.*:\s*\n\s+[\da-f]+ .*\(.*\)/, PERF_SCRIPT],
];

/** The refusal of JSON that has the key and is known not to be a profile. */
export function strangerByKey(key: string): ProfileFormatError | undefined {
  return refusalOf(BY_KEY.get(key));
}

/** The same by how a text begins. */
export function strangerByBeginning(text: string): ProfileFormatError | undefined {
  return refusalOf(BY_BEGINNING.find(([pattern]) => pattern.test(text))?.[1]);
}

function refusalOf(stranger: Stranger | undefined): ProfileFormatError | undefined {
  return stranger && new ProfileFormatError(stranger.where, stranger.problem, { advice: stranger.advice });
}
