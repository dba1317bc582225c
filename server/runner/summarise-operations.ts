import type { OperationRecord } from '../handling/operation-record.ts';
import { operationTimes } from '../protocol/operation-times.ts';
import type { ProfileResult } from '../protocol/run.ts';

type Summary = Pick<
  ProfileResult,
  'operationMicros' | 'operationTimes' | 'eventsReadPerOperation' | 'eventsAppendedPerOperation' | 'outcomes'
>;

/** Wall times, events read and appended, and outcomes of all operations of a run. */
export function summariseOperations(records: readonly OperationRecord[]): Summary {
  const outcomes: Record<string, number> = {};
  let operationMicros = 0;
  let eventsRead = 0;
  let appended = 0;
  for (const { durationMicros, eventsReadByType, eventsAppended, outcome } of records) {
    operationMicros += durationMicros;
    for (const count of Object.values(eventsReadByType)) eventsRead += count;
    appended += eventsAppended;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  const operations = Math.max(1, records.length);
  const times = operationTimes(records.map(({ durationMicros }) => durationMicros));
  return {
    operationMicros,
    ...(times === undefined ? {} : { operationTimes: times }),
    eventsReadPerOperation: eventsRead / operations,
    eventsAppendedPerOperation: appended / operations,
    outcomes,
  };
}
