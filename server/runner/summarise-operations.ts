import type { OperationRecord } from '../handling/recording/operation-record.ts';
import { operationTimes } from '../protocol/operation-times.ts';
import type { ProfileResult } from '../protocol/run.ts';

type Summary = Pick<
  ProfileResult,
  | 'operationMicros'
  | 'operationTimes'
  | 'eventsReadPerOperation'
  | 'eventsAppendedPerOperation'
  | 'outcomes'
  | 'snapshotUses'
>;

/** Wall times, events read and appended, and outcomes of all operations of a run. */
export function summariseOperations(records: readonly OperationRecord[]): Summary {
  const outcomes: Record<string, number> = {};
  const snapshotUses: Record<string, number> = {};
  let operationMicros = 0;
  let eventsRead = 0;
  let appended = 0;
  for (const { durationMicros, eventsReadByType, eventsAppended, outcome, snapshot } of records) {
    operationMicros += durationMicros;
    for (const count of Object.values(eventsReadByType)) eventsRead += count;
    appended += eventsAppended;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (snapshot === undefined) continue;
    const use = snapshot.reason === undefined ? snapshot.use : `${snapshot.use}: ${snapshot.reason}`;
    snapshotUses[use] = (snapshotUses[use] ?? 0) + 1;
  }
  const operations = Math.max(1, records.length);
  const times = operationTimes(records.map(({ durationMicros }) => durationMicros));
  return {
    operationMicros,
    ...(times === undefined ? {} : { operationTimes: times }),
    eventsReadPerOperation: eventsRead / operations,
    eventsAppendedPerOperation: appended / operations,
    outcomes,
    ...(Object.keys(snapshotUses).length > 0 && { snapshotUses }),
  };
}
