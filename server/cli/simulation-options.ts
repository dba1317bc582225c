import type { SimulationRequest } from '../protocol/simulation-request.ts';
import type { TimeUnit } from './duration-value.ts';

/** Texts of the options by commander's names, and whether queries may use snapshots. */
export type SimulationValues = Readonly<Record<string, unknown>> & { readonly snapshots: boolean };

/** An option of `simulate` and the field of the request that it fills. */
export interface SimulationOption {
  readonly flag: `--${string}`;
  readonly value: string;
  readonly field: keyof SimulationRequest;
  readonly description: string;
  /** Of a time: what the field counts. */
  readonly unit: TimeUnit | undefined;
}

export const SIMULATION_OPTIONS: readonly SimulationOption[] = [
  option('--duration', 'time', 'durationSeconds', 'how long it is measured (default: 30s)', 's'),
  option('--rate', 'per second', 'rate', 'operations that arrive, whatever the store can do (default: 100)'),
  option('--workers', 'number', 'workers', 'operations that are served at the same time (default: 8)'),
  option('--active-readers', 'number', 'activeReaders', 'readers in the library at a time (default: 200)'),
  option('--contention', 'percent', 'contentionPercent', 'lendings about the same few books (default: 2)'),
  option('--queries', 'percent', 'queryPercent', 'operations that are queries (default: 20)'),
  option('--lending', 'percent', 'lendingPercent', 'commands that lend or return (default: 70)'),
  option('--circulation', 'percent', 'circulationPercent', 'commands that add or remove books (default: 25)'),
  option('--membership', 'percent', 'readersPercent', 'commands about readers (default: 5)'),
  option('--rhythm', 'name', 'rhythm', '"daily" with rush hours, or "steady" (default: daily)'),
  option('--day', 'time', 'daySeconds', 'length of a day of the library (default: the duration)', 's'),
  option('--books', 'number', 'books', 'books that there are at least before it begins'),
  option('--readers', 'number', 'readers', 'readers that there are at least before it begins'),
  option('--p99-bound', 'time', 'p99BoundMillis', 'search the highest rate that keeps p99 within it', 'ms'),
  option('--outage', 'time', 'outageSeconds', 'how long the database may be gone (default: 30s)', 's'),
  option('--business-errors', 'percent', 'businessErrorsPercent', 'commands against the rules, on purpose'),
  option('--conflicts', 'percent', 'conflictsPercent', 'appends that conflict, on purpose'),
  option('--slow-queries', 'percent', 'slowQueriesPercent', 'queries that are slow, on purpose'),
  option('--slow-by', 'time', 'slowQueryMillis', 'how slow (default: 200ms)', 'ms'),
  option('--cancelled', 'percent', 'cancelledPercent', 'requests that are cancelled, on purpose'),
  option('--timed-out', 'percent', 'timedOutPercent', 'queries and appends that time out, on purpose'),
  option('--seed', 'number', 'seed', 'seed of the people and their wishes (default: 1)'),
];

function option(
  ...[flag, value, field, description, unit]: [
    flag: SimulationOption['flag'],
    value: string,
    field: SimulationOption['field'],
    description: string,
    unit?: TimeUnit,
  ]
): SimulationOption {
  return { flag, value, field, description, unit };
}
