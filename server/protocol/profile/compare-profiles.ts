import {
  ALL_FUNCTIONS,
  ALL_PHASES,
  type ComparedHandler,
  METRICS,
  type ProfileComparison,
} from './comparison.ts';
import { type Batches, operationBatches, recordingBatches } from './comparison-batches.ts';
import { ComparisonColumns } from './comparison-columns.ts';
import { ComparisonKeys, type ComparisonSums, sumsByLine } from './comparison-sums.ts';
import { type RunValues, testDifference } from './difference-test.ts';
import type { FrameGroups } from './frame-groups.ts';
import { type FrameTimes, frameTimer } from './frame-times.ts';
import { IncomparableProfilesError } from './incomparable-profiles-error.ts';
import { matchFunctions } from './match-functions.ts';
import type { Profile, ProfileUnit } from './profile.ts';
import type { RowGroups } from './row-groups.ts';

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
  const sides = {
    before: before.map((profile, at) => timed(profile, groups[at])),
    after: after.map((profile, at) => timed(profile, groups[before.length + at])),
  };
  const columns = new ComparisonColumns();
  const compared = handlers.both.map((name, at) => compareHandler(columns, sides, { name, at }));
  const isWhole = handlers.both[0] === WHOLE_RECORDING;
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
  if (other !== undefined) throw new IncomparableProfilesError(`some are in ${unit}, others in ${other}`);
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

interface TimedProfile {
  readonly profile: Profile;
  readonly timesOf: (rows: RowGroups) => FrameTimes;
}

function timed(profile: Profile, groups: FrameGroups | undefined): TimedProfile {
  if (groups === undefined) throw new RangeError(`The functions of ${profile.title} were not matched.`);
  return { profile, timesOf: frameTimer(profile, groups) };
}

interface Sides<T> {
  readonly before: readonly T[];
  readonly after: readonly T[];
}

function compareHandler(
  columns: ComparisonColumns,
  sides: Sides<TimedProfile>,
  { name, at: handler }: { readonly name: string; readonly at: number },
): ComparedHandler {
  const keys = new ComparisonKeys();
  const before = measure(sides.before, name, keys);
  const after = measure(sides.after, name, keys);
  const everything = keys.lineOf(ALL_PHASES, ALL_FUNCTIONS);
  for (const metric of METRICS.keys()) {
    const evidence = evidenceOf({ before, after }, metric, everything);
    for (let line = 0; line < keys.length; line++) {
      const own = keys.function[line] ?? ALL_FUNCTIONS;
      // All functions together have one amount: their total.
      if (own === ALL_FUNCTIONS && METRICS[metric] === 'self') continue;
      const isRare = own !== ALL_FUNCTIONS && !evidence(line);
      // What is rare as a whole is said once; in single phases nearly everything is.
      if (isRare && keys.phase[line] !== ALL_PHASES) continue;
      const runs = { before: valuesOf(before, metric, line), after: valuesOf(after, metric, line) };
      columns.add(
        {
          ...{ handler, phase: keys.phase[line] ?? ALL_PHASES, function: own, metric },
          ...{ before: meanOf(runs.before), after: meanOf(runs.after) },
        },
        isRare ? 'rare' : testDifference(runs.before, runs.after),
      );
    }
  }
  return { name, before: sizeOf(before), after: sizeOf(after) };
}

interface Measured {
  readonly sums: ComparisonSums;
  readonly size: number;
}

function measure(side: readonly TimedProfile[], name: string, keys: ComparisonKeys): Measured[] {
  return side.flatMap(({ profile, timesOf }) => {
    const batches = batchesOf(profile, name);
    if (batches === undefined) return [];
    const sums = sumsByLine(timesOf(batches.rows), batches, keys);
    return [{ sums, size: batches.whole }];
  });
}

function batchesOf(profile: Profile, name: string): Batches | undefined {
  return name === WHOLE_RECORDING ? recordingBatches(profile) : operationBatches(profile, name);
}

/** Whether there is enough of a line on both sides together. */
function evidenceOf({ before, after }: Sides<Measured>, metric: number, everything: number) {
  const runs = [...before, ...after];
  const sum = (pick: (sums: ComparisonSums) => number) => runs.reduce((all, { sums }) => all + pick(sums), 0);
  const whole = sum(({ means }) => means[1]?.[everything] ?? 0);
  return (line: number): boolean =>
    sum(({ counts }) => counts[metric]?.[line] ?? 0) >= LEAST_SAMPLES &&
    sum(({ means }) => means[metric]?.[line] ?? 0) >= LEAST_SHARE * whole;
}

/** Lines that were first seen in a later profile are nothing in an earlier one. */
function valuesOf(side: readonly Measured[], metric: number, line: number): RunValues[] {
  return side.map(({ sums: { values, means, batches }, size }) => {
    const place = line * batches;
    const known = values[metric]?.subarray(place, place + batches);
    return {
      mean: means[metric]?.[line] ?? 0,
      batchSize: size / batches,
      batches: known?.length === batches ? known : new Float64Array(batches),
    };
  });
}

function meanOf(runs: readonly RunValues[]): number {
  return runs.reduce((sum, { mean }) => sum + mean, 0) / runs.length;
}

function sizeOf(side: readonly Measured[]): number {
  return side.reduce((sum, { size }) => sum + size, 0);
}
