import { NO_PHASE, PHASES } from '../phase.ts';
import {
  ALL_FUNCTIONS,
  ALL_PHASES,
  type ComparedHandler,
  METRICS,
  type ProfileComparison,
} from './comparison.ts';
import { operationBatches, recordingBatches } from './comparison-batches.ts';
import { ComparisonColumns } from './comparison-columns.ts';
import { ComparisonKeys, EVERY_PHASE } from './comparison-keys.ts';
import { ComparisonSums } from './comparison-sums.ts';
import { type RunValues, testDifference } from './difference-test.ts';
import type { FrameGroups } from './frame-groups.ts';
import { IncomparableProfilesError } from './incomparable-profiles-error.ts';
import type { LineSums } from './line-amounts.ts';
import { matchFunctions } from './match-functions.ts';
import type { Profile, ProfileUnit } from './profile.ts';

/** Share of false alarms among all alarms. */
const RATE = 0.05;

/**
 * Below these a line is called `rare` and not tested: with fewer samples a t test takes chance for a difference (five
 * samples against none have p = 0.06 and it says 0.025; from twelve on it is on the safe side), and each line that is
 * tested makes the bar higher for all. Both look at the two sides together, which says nothing about their difference
 * (Bourgon, Gentleman & Huber, "Independent filtering increases detection power", PNAS 107, 2010).
 */
const LEAST_SAMPLES = 12;
const LEAST_SHARE = 0.001;

/**
 * What changed between two versions of a program, each recorded once or several times: per handler, phase and function
 * the amounts per operation, their difference with an interval of confidence, and whether it is more than noise; see
 * `testDifference`, `discoveries` and `matchFunctions` for how. Where a profile has no operations, all are compared as
 * whole recordings, per second of them. No randomness: the same profiles give the same answer.
 *
 * Throws `IncomparableProfilesError` where a side is empty, units differ, or no handler is on both sides.
 */
export function compareProfiles(before: readonly Profile[], after: readonly Profile[]): ProfileComparison {
  const unit = commonUnit([...before, ...after]);
  const handlers = handlersOf(before, after);
  const { functions, groups } = matchFunctions(before, after);
  const isWhole = handlers.both[0] === WHOLE_RECORDING;
  const summed = [...before, ...after].map((profile, at) => {
    const rows = isWhole ? recordingBatches(profile) : operationBatches(profile, handlers.both);
    return new ComparisonSums(profile, groupsAt(groups, at), rows);
  });
  const sides = { before: summed.slice(0, before.length), after: summed.slice(before.length) };
  const columns = new ComparisonColumns();
  const keys = new ComparisonKeys(functions.length);
  const compared = handlers.both.map((name, handler) => {
    keys.clear();
    return { name, ...compareHandler(columns, keys, { sides, handler }) };
  });
  return {
    unit,
    per: !isWhole ? 'operation' : unit === 'microseconds' ? 'second' : 'recording',
    spreadOver: before.length + after.length > 2 ? 'runs' : 'operations',
    rate: RATE,
    ...columns.build(RATE),
    handlers: compared,
    onlyBefore: handlers.onlyBefore,
    onlyAfter: handlers.onlyAfter,
    functions,
  };
}

/** Name of the one thing that is compared where there are no operations. */
const WHOLE_RECORDING = '';

function commonUnit(profiles: readonly Profile[]): ProfileUnit {
  const units = [...new Set(profiles.map(({ unit }) => unit))];
  const [unit, other] = units;
  if (unit === undefined) throw new IncomparableProfilesError('there are none');
  if (other !== undefined) {
    const isUnitLost = profiles.some(({ source }) => source === 'collapsed');
    const hint = isUnitLost ? '; collapsed stacks do not tell what they count' : '';
    throw new IncomparableProfilesError(`some are in ${unit}, others in ${other}${hint}`);
  }
  return unit;
}

function handlersOf(before: readonly Profile[], after: readonly Profile[]) {
  if (before.length === 0 || after.length === 0) {
    throw new IncomparableProfilesError('there is none to compare with');
  }
  if ([...before, ...after].some(({ operations }) => operations.length === 0)) {
    return { both: [WHOLE_RECORDING], onlyBefore: [], onlyAfter: [] };
  }
  const [older, newer] = [handlerNames(before), handlerNames(after)];
  const both = [...older].filter((name) => newer.has(name));
  if (both.length > 0) {
    const onlyBefore = [...older].filter((name) => !newer.has(name));
    return { both, onlyBefore, onlyAfter: [...newer].filter((name) => !older.has(name)) };
  }
  const names = (found: ReadonlySet<string>) => [...found].join(', ');
  throw new IncomparableProfilesError(
    `no handler is on both sides (before: ${names(older)}; after: ${names(newer)})`,
  );
}

function handlerNames(profiles: readonly Profile[]): ReadonlySet<string> {
  return new Set(
    profiles.flatMap(({ operations, strings }) =>
      Array.from(new Set(operations.handler), (handler) => strings[handler] ?? ''),
    ),
  );
}

function groupsAt(groups: readonly FrameGroups[], at: number): FrameGroups {
  const own = groups[at];
  if (own === undefined) throw new RangeError(`The functions of profile ${at} were not matched.`);
  return own;
}

interface Sides<T> {
  readonly before: readonly T[];
  readonly after: readonly T[];
}

function compareHandler(
  columns: ComparisonColumns,
  keys: ComparisonKeys,
  { sides, handler }: { readonly sides: Sides<ComparisonSums>; readonly handler: number },
): Omit<ComparedHandler, 'name'> {
  const sumsOf = (side: readonly ComparisonSums[]): LineSums[] =>
    side.flatMap((profile) => profile.of(handler, keys) ?? []);
  const [before, after] = [sumsOf(sides.before), sumsOf(sides.after)];
  for (const metric of METRICS.keys()) {
    const evidence = evidenceOf([...before, ...after], metric, keys);
    for (let line = 0; line < keys.length; line++) {
      const own = keys.function[line] ?? ALL_FUNCTIONS;
      // All functions together have one amount: their total.
      if (own === ALL_FUNCTIONS && METRICS[metric] === 'self') continue;
      const isRare = own !== ALL_FUNCTIONS && evidence[line] === 0;
      const phase = phaseOf(keys.slot[line] ?? EVERY_PHASE);
      // What is rare as a whole is said once; in single phases nearly everything is.
      if (isRare && phase !== ALL_PHASES) continue;
      const runs = { before: valuesOf(before, metric, line), after: valuesOf(after, metric, line) };
      columns.add(
        { handler, phase, function: own, metric, before: meanOf(runs.before), after: meanOf(runs.after) },
        isRare ? 'rare' : testDifference(runs.before, runs.after),
      );
    }
  }
  return { before: sizeOf(before), after: sizeOf(after) };
}

function phaseOf(slot: number): number {
  if (slot === EVERY_PHASE) return ALL_PHASES;
  return slot < PHASES.length ? slot : NO_PHASE;
}

/** 1 for lines of which there is enough on both sides together. */
function evidenceOf(runs: readonly LineSums[], metric: number, keys: ComparisonKeys): Uint8Array {
  const counts = new Float64Array(keys.length);
  const amounts = new Float64Array(keys.length);
  const everything = keys.lineOf(EVERY_PHASE, ALL_FUNCTIONS);
  let whole = 0;
  for (const sums of runs) {
    whole += sums.means[TOTAL]?.[everything] ?? 0;
    for (let line = 0; line < sums.length; line++) {
      counts[line] = (counts[line] ?? 0) + (sums.counts[metric]?.[line] ?? 0);
      amounts[line] = (amounts[line] ?? 0) + (sums.means[metric]?.[line] ?? 0);
    }
  }
  const evidence = new Uint8Array(keys.length);
  for (let line = 0; line < keys.length; line++) {
    const isEnough = (counts[line] ?? 0) >= LEAST_SAMPLES && (amounts[line] ?? 0) >= LEAST_SHARE * whole;
    evidence[line] = isEnough ? 1 : 0;
  }
  return evidence;
}

const TOTAL = METRICS.indexOf('total');

/** Lines that were first seen in a later profile are nothing in an earlier one. */
function valuesOf(side: readonly LineSums[], metric: number, line: number): RunValues[] {
  return side.map(({ length, means, variances, counts, batches, size }) => {
    if (line >= length) return { mean: 0, variance: batches > 1 ? 0 : Number.NaN, batches, size, count: 0 };
    return {
      mean: means[metric]?.[line] ?? 0,
      variance: variances[metric]?.[line] ?? 0,
      batches,
      size,
      count: counts[metric]?.[line] ?? 0,
    };
  });
}

function meanOf(runs: readonly RunValues[]): number {
  return runs.reduce((sum, { mean }) => sum + mean, 0) / runs.length;
}

function sizeOf(side: readonly LineSums[]): number {
  return side.reduce((sum, { size }) => sum + size, 0);
}
