import assert from 'node:assert/strict';
import { buildEventFilter } from '../../../server/eventstore/event-filter-builder.ts';
import { openPostgresEventStore } from '../../../server/eventstore/postgres/open-event-store.ts';
import { asReadOnly } from '../../../server/eventstore/read-only-event-store.ts';
import { parseLibraryEvent } from '../../../server/library/parse-library-event.ts';
import { ACTION_OUTCOMES } from '../../../server/workload/simulation/library-action.ts';
import { LibraryRules } from '../../property/support/library-rules.ts';
import type { Life } from './simulated-library.ts';

/** Every operation has exactly one outcome, and every event that was confirmed is in the store and no other. */
export function assertNothingIsLost({ summary, series, eventsBefore, eventsAfter }: Life): void {
  const { operations, outcomes, handlers, events, commands, queries } = summary;
  const sum = ACTION_OUTCOMES.reduce((all, outcome) => all + outcomes[outcome], 0);
  assert.equal(sum, operations, JSON.stringify(outcomes));
  for (const { handler, count, outcomes: own } of handlers) {
    assert.equal(
      ACTION_OUTCOMES.reduce((all, outcome) => all + own[outcome], 0),
      count,
      handler,
    );
  }
  assert.equal(
    handlers.reduce((all, { count }) => all + count, 0),
    operations,
  );
  assert.equal(commands.count + queries, operations);
  assert.equal(outcomes.unknown, 0, 'somebody can always look');
  assert.equal(events.stored, events.appended);
  assert.equal(eventsAfter - eventsBefore, events.appended);
  assert.equal(events.appended - summary.warmUp.eventsAppended, outcomes.accepted + outcomes.rejected);
  assert.ok(series.reduce((all, { ended }) => all + ended, 0) <= operations);
}

/** The events of the store, in their order, break no rule. */
export async function assertLawful(url: string): Promise<void> {
  const store = asReadOnly(await openPostgresEventStore({ primary: url }));
  const rules = new LibraryRules();
  try {
    for await (const batch of store.replay(buildEventFilter().matchingAnyEvent())) {
      for (const stored of batch) {
        const violation = rules.violationBy(parseLibraryEvent(stored));
        assert.equal(violation, undefined, `${stored.eventType} ${stored.sequenceNumber}`);
      }
    }
  } finally {
    await store.close();
  }
}
