import type { OperationRecord } from '../handling/operation-record.ts';
import type { ProfileResult } from '../protocol/run.ts';

type Summary = Pick<ProfileResult, 'operationMicros' | 'eventsReadPerOperation' | 'outcomes'>;

/** Wall time, events read and outcomes of all operations of a run. */
export function summariseOperations(records: readonly OperationRecord[]): Summary {
  const outcomes: Record<string, number> = {};
  let operationMicros = 0;
  let eventsRead = 0;
  for (const { durationMicros, eventsReadByType, outcome } of records) {
    operationMicros += durationMicros;
    for (const count of Object.values(eventsReadByType)) eventsRead += count;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return {
    operationMicros,
    eventsReadPerOperation: records.length === 0 ? 0 : eventsRead / records.length,
    outcomes,
  };
}
