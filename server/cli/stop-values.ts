import { timeIn } from './duration-value.ts';
import { UsageError } from './usage-error.ts';

/** What the command line says of when to stop; texts as they were typed. */
export interface StopValues {
  readonly iterations?: string;
  readonly duration?: string;
  readonly untilSlowerThan?: string;
  readonly manual?: boolean;
  readonly maxDuration?: string;
}

/** The field `stop` of a request; undefined leaves it to the iterations. @throws UsageError */
export function stopOf(values: StopValues): Readonly<Record<string, unknown>> | undefined {
  const given = givenFlags(values);
  const [first, second] = given;
  if (first !== undefined && second !== undefined) {
    throw new UsageError(
      `${first} and ${second} cannot be given together.`,
      'Give the one that shall end the run.',
    );
  }
  const { duration, untilSlowerThan, manual, maxDuration } = values;
  const bound = maxDuration === undefined ? {} : { maxSeconds: timeIn('s', '--max-duration', maxDuration) };
  if (duration !== undefined) {
    refuseBound(values, '--duration');
    return { kind: 'duration', seconds: timeIn('s', '--duration', duration) };
  }
  if (untilSlowerThan !== undefined) {
    return { kind: 'slower-than', millis: timeIn('ms', '--until-slower-than', untilSlowerThan), ...bound };
  }
  if (manual === true) return { kind: 'manual', ...bound };
  refuseBound(values, 'iterations');
  return undefined;
}

function givenFlags({ iterations, duration, untilSlowerThan, manual }: StopValues): string[] {
  return [
    ...(iterations === undefined ? [] : ['--iterations']),
    ...(duration === undefined ? [] : ['--duration']),
    ...(untilSlowerThan === undefined ? [] : ['--until-slower-than']),
    ...(manual === true ? ['--manual'] : []),
  ];
}

function refuseBound({ maxDuration }: StopValues, what: string): void {
  if (maxDuration === undefined) return;
  throw new UsageError(
    `--max-duration does not go with ${what}, which end the run anyway.`,
    'It bounds --manual and --until-slower-than.',
  );
}
