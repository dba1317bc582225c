import { InvalidOptionError } from '../../eventstore/errors.ts';

/** How much goes wrong on purpose. Rates are shares from 0 (never, when left out) to 1 (always). */
export interface DirtyWorldOptions {
  /** Share of the commands that ask for what the rules refuse. */
  readonly businessErrors?: number;
  /** Share of the appends that are decided on an old read, so that the database reports a conflict. */
  readonly conflicts?: number;
  /** Share of the queries and replays that are answered late. */
  readonly slowQueries?: number;
  /** Milliseconds that a slow query takes longer on average: half to one and a half of it. 200 when left out. */
  readonly slowByMs?: number;
  /** Share of the requests (a command or a query, with its retries) whose signal is aborted. */
  readonly cancelled?: number;
  /** Milliseconds within which a request is cancelled after its start. 5 when left out. */
  readonly cancelWithinMs?: number;
  /** Share of the queries, replays and appends that are given too little time. */
  readonly timedOut?: number;
  /** Milliseconds that those are given. 1, the least that there is, when left out. */
  readonly timeoutMs?: number;
}

export type CheckedDirtyWorld = Required<DirtyWorldOptions>;

const cleanWorld: CheckedDirtyWorld = {
  businessErrors: 0,
  conflicts: 0,
  slowQueries: 0,
  slowByMs: 200,
  cancelled: 0,
  cancelWithinMs: 5,
  timedOut: 0,
  timeoutMs: 1,
};

const rates = ['businessErrors', 'conflicts', 'slowQueries', 'cancelled', 'timedOut'] as const;

// A minute is longer than any patience, and far below what a timer can hold.
const longestMs = 60_000;
const shortestMs = { slowByMs: 0, cancelWithinMs: 0, timeoutMs: 1 } as const;

/**
 * The options with what was left out.
 * @throws InvalidOptionError whose `field` is such as `dirtyWorld.conflicts`
 */
export function checkedDirtyWorld(options: DirtyWorldOptions): CheckedDirtyWorld {
  const unknown = Object.keys(options).find((name) => !(name in cleanWorld));
  if (unknown !== undefined)
    refuse(unknown, 'is unknown', `There are: ${Object.keys(cleanWorld).join(', ')}.`);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const checked: CheckedDirtyWorld = { ...cleanWorld, ...Object.fromEntries(given) };
  for (const name of rates) refuseOutside(checked, name, [0, 1]);
  for (const name of ['slowByMs', 'cancelWithinMs', 'timeoutMs'] as const) {
    refuseOutside(checked, name, [shortestMs[name], longestMs]);
  }
  return checked;
}

function refuseOutside(
  options: CheckedDirtyWorld,
  name: keyof CheckedDirtyWorld,
  [least, most]: readonly [number, number],
): void {
  const value: unknown = options[name];
  if (typeof value === 'number' && value >= least && value <= most) return;
  const unit = most === 1 ? 'a share' : 'milliseconds';
  refuse(
    name,
    `cannot be ${JSON.stringify(value) ?? String(value)}`,
    `Give ${unit} from ${least} to ${most}.`,
  );
}

function refuse(name: string, what: string, advice: string): never {
  throw new InvalidOptionError(`The option ${name} of the dirty world ${what}.`, {
    advice,
    field: `dirtyWorld.${name}`,
  });
}
