import { amount, counted, millis, percent } from './figures.ts';
import type { LatencyFigures, SimulationSummary } from './simulation-result.ts';
import { table } from './table.ts';

const COLUMNS = [
  'handler',
  'count',
  'idempotent',
  'rejected',
  'undone',
  'retries',
  'p50',
  'p95',
  'p99',
  'max',
  'service p99',
];
const TEXT_COLUMNS = [0];

/** Above it, the load generator's own thread was what was waited for. */
const BUSY = 0.9;

/** Timers wake up to 1.1 ms late on a machine that has time. */
const LATE_MICROS = 5_000;

/** What was done in a simulation, as text for a terminal: its facts, one a line, and a row for each handler. */
export function simulationReport(summary: SimulationSummary): string {
  const facts = [
    ...headline(summary),
    latencies(summary),
    commands(summary),
    troubles(summary),
    events(summary),
    ...snapshots(summary),
    library(summary),
    ...search(summary),
    ...remarks(summary),
  ];
  const rows = summary.handlers.map(rowOf);
  return `${facts.join('\n')}\n\nResponse times in ms, waiting included\n${table(COLUMNS, rows, TEXT_COLUMNS)}`;
}

const ENDS: Readonly<Record<SimulationSummary['end'], string>> = {
  finished: '',
  stopped: ' (ended early)',
  database_gone: ' (the database went and did not come back)',
};

function headline({ end, seconds, operations, rate }: SimulationSummary): string[] {
  const { asked, arrived, served, unserved, longestWaitMicros } = rate;
  const first = `${counted(operations, 'operation')}, ${seconds.toFixed(1)} s measured${ENDS[end]}`;
  const second = `${amount(asked)}/s asked for, ${amount(arrived)}/s arrived, ${amount(served)}/s served`;
  const waiting = `${amount(unserved)} were still waiting in the end, for up to ${millis(longestWaitMicros)} ms`;
  return unserved === 0 ? [first, second] : [first, second, waiting];
}

function latencies({ response, service }: SimulationSummary): string {
  if (response === undefined || service === undefined) return 'nothing was answered';
  return `response ${spread(response)} ms\nservice  ${spread(service)} ms`;
}

function spread({ p50Micros, p95Micros, p99Micros, maxMicros }: LatencyFigures): string {
  return `p50 ${millis(p50Micros)}, p95 ${millis(p95Micros)}, p99 ${millis(p99Micros)}, max ${millis(maxMicros)}`;
}

function commands({
  commands: { count, accepted, idempotent, rejected, undone },
  queries,
}: SimulationSummary): string {
  const shares = `${percent(accepted)} accepted, ${percent(idempotent)} idempotent, ${percent(rejected)} rejected`;
  const rest = undone === 0 ? '' : `, ${percent(undone)} undone`;
  return `${counted(count, 'command')}: ${shares}${rest}; ${amount(queries)} queries`;
}

function troubles({ conflicts, retries, errors, outcomes, injected, outages }: SimulationSummary): string {
  const parts = [
    `${counted(conflicts, 'conflict')}, ${amount(retries)} ${retries === 1 ? 'retry' : 'retries'}`,
  ];
  const faults = Object.entries(errors).map(([code, count]) => `${amount(count)} ${code}`);
  if (faults.length > 0) parts.push(`faults: ${faults.join(', ')}`);
  if (outcomes.unknown > 0) parts.push(`${amount(outcomes.unknown)} of unknown outcome`);
  for (const { startSecond, seconds } of outages) {
    parts.push(`the database was gone for ${seconds.toFixed(1)} s from second ${startSecond.toFixed(1)} on`);
  }
  if (injected !== undefined) parts.push(`on purpose: ${onPurpose(injected)}`);
  return parts.join('; ');
}

const INJECTED: Readonly<Record<keyof NonNullable<SimulationSummary['injected']>, string>> = {
  businessErrors: 'business errors',
  conflicts: 'conflicts',
  slowQueries: 'slow queries',
  cancelled: 'cancelled',
  timedOut: 'timed out',
};

function onPurpose(injected: NonNullable<SimulationSummary['injected']>): string {
  const kinds = new Map<string, number>(Object.entries(injected));
  const told = Object.entries(INJECTED).filter(([kind]) => (kinds.get(kind) ?? 0) > 0);
  return told.map(([kind, words]) => `${amount(kinds.get(kind) ?? 0)} ${words}`).join(', ') || 'nothing';
}

function events({ events: { appended, stored } }: SimulationSummary): string {
  const found =
    stored === undefined ? 'the store could not be asked' : `${amount(stored)} found in the store`;
  return `${counted(appended, 'event')} appended, ${found}`;
}

function snapshots({ snapshots: figures }: SimulationSummary): string[] {
  if (figures === undefined) return [];
  const { uses, warm, stored, hitRate, misses } = figures;
  const reasons = Object.entries(misses).map(([reason, count]) => `${amount(count)} ${reason}`);
  const missed = reasons.length === 0 ? '' : ` (missed: ${reasons.join(', ')})`;
  const places = `${amount(warm)} from memory, ${amount(stored)} from the store`;
  return [`snapshots: ${percent(hitRate)} of ${amount(uses)} uses were hits, ${places}${missed}`];
}

function library({ population: { books, readers }, warmUp }: SimulationSummary): string {
  const grown =
    warmUp.commands === 0
      ? ''
      : `, after ${counted(warmUp.commands, 'command')} of warm-up in ${warmUp.seconds.toFixed(1)} s`;
  return `${amount(books)} books, ${amount(readers)} readers${grown}`;
}

function search({ search: found }: SimulationSummary): string[] {
  if (found === undefined) return [];
  const bound = `p99 within ${millis(found.boundMicros)} ms`;
  const result =
    found.rate === 0
      ? `No rate held ${bound}`
      : `${amount(found.rate)}/s is the highest rate found with ${bound}`;
  const end = found.isComplete ? '' : ' when the time was up';
  const trials = found.trials.map(
    ({ rate, p99Micros, limit }) =>
      `  ${amount(rate)}/s: p99 ${millis(p99Micros)} ms${limit === undefined ? '' : `, ${LIMITS[limit]}`}`,
  );
  return [`${result}${end}. Tried:`, ...trials];
}

type Trial = NonNullable<SimulationSummary['search']>['trials'][number];

const LIMITS: Readonly<Record<NonNullable<Trial['limit']>, string>> = {
  p99: 'too slow',
  failures: 'too many failed',
  backlog: 'more came than were served',
};

/** What to keep in mind when reading the figures. */
function remarks({
  brokenOff,
  generator: { lag, busy },
  events: { appended, stored },
  outcomes,
}: SimulationSummary): string[] {
  const lines: string[] = [];
  if (brokenOff !== undefined) {
    lines.push(
      `${counted(brokenOff, 'operation')} had no answer long after the time was up: broken off, they count with the time until then, so the highest response times are lower bounds.`,
    );
  }
  if (busy >= BUSY) {
    lines.push(
      `The load generator was ${percent(busy)} busy: part of the response times is its own. Use a lower rate, or fewer queries.`,
    );
  } else if (lag !== undefined && lag.p99Micros > LATE_MICROS) {
    lines.push(
      `This machine woke the load generator up to ${millis(lag.p99Micros)} ms late (p99), which is part of the response times: other programs use it.`,
    );
  }
  if (stored !== undefined && stored !== appended && outcomes.unknown === 0) {
    lines.push(
      `The store holds ${amount(stored)} events of this simulation, and ${amount(appended)} were confirmed.`,
    );
  }
  return lines;
}

function rowOf({
  handler,
  count,
  outcomes,
  retries,
  response,
  service,
}: SimulationSummary['handlers'][number]): string[] {
  const { idempotent, rejected, cancelled, failed, unknown } = outcomes;
  const counts = [count, idempotent, rejected, cancelled + failed + unknown, retries].map((value) =>
    amount(value),
  );
  const times =
    response === undefined
      ? ['', '', '', '']
      : [response.p50Micros, response.p95Micros, response.p99Micros, response.maxMicros].map(millis);
  return [handler, ...counts, ...times, service === undefined ? '' : millis(service.p99Micros)];
}
