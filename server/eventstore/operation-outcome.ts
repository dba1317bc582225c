import { ProfilerError } from '../lib/profiler-error.ts';
import type { OperationOutcome } from './instrumentation.ts';

/** What a fault that an operation threw means for its outcome; `ok` without one. */
export function outcomeOf(fault: unknown): OperationOutcome {
  if (fault === undefined) return 'ok';
  return (fault instanceof ProfilerError && outcomeByCode[fault.code]) || 'failed';
}

const outcomeByCode: Readonly<Record<string, OperationOutcome>> = {
  concurrency_conflict: 'conflict',
  operation_canceled: 'canceled',
  query_timeout: 'timeout',
  unknown_outcome: 'unknown_outcome',
  event_store_unavailable: 'unavailable',
  invalid_event: 'invalid',
  invalid_filter: 'invalid',
  invalid_option: 'invalid',
};
