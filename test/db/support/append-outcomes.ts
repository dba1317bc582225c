import assert from 'node:assert/strict';
import type { AppendResult } from '../../../server/eventstore/event-store.ts';
import { ProfilerError } from '../../../server/lib/profiler-error.ts';

type AppendOutcome = PromiseSettledResult<AppendResult> | undefined;

export function settled(sent: readonly (Promise<AppendResult> | undefined)[]): Promise<AppendOutcome[]> {
  return Promise.all(
    sent.map(async (append) => (append ? (await Promise.allSettled([append]))[0] : undefined)),
  );
}

export function outcomeOf(outcome: AppendOutcome): string {
  if (outcome?.status === 'fulfilled') return 'stored';
  return outcome?.reason instanceof ProfilerError ? outcome.reason.code : String(outcome?.reason);
}

export function resultOf(outcome: AppendOutcome): AppendResult {
  assert.equal(outcomeOf(outcome), 'stored');
  return (outcome as PromiseFulfilledResult<AppendResult>).value;
}
