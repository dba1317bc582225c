import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseLibraryEvent } from '../../server/library/parse-library-event.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { libraryDesk, requests } from './support/library-requests.ts';
import { LibraryRules } from './support/library-rules.ts';
import { naiveOutcome } from './support/naive-library.ts';

test('Whatever is asked for, each command has the outcome, the event and the reason of the naive library', async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(requests, async (asked) => {
      const store = new InMemoryEventStore();
      const serve = libraryDesk(store);
      for (const request of asked) {
        const before = store.events.map(parseLibraryEvent);
        const expected = naiveOutcome(before, request);
        const answer = await serve(request);
        const [stored, ...more] = store.events.slice(before.length);
        const reason = answer.outcome === 'rejected' ? { reason: answer.reason } : {};
        const happened = { outcome: answer.outcome, ...(stored && { stored: stored.eventType }), ...reason };
        assert.deepEqual([happened, more], [expected, []], JSON.stringify(request));
        const kind = `${request.command} ${answer.outcome} ${reason.reason ?? ''}`;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }
    }),
    // The rarest comes once in some hundred runs.
    { numRuns: 3000 },
  );
  // 6 commands accepted, 6 idempotent, and each of the 10 reasons: a property that never gets there proves nothing.
  assert.equal(seen.size, 22, [...seen].join('\n'));
});

test('What the commands store is a lawful history, with each refusal for its reason', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (asked) => {
      const store = new InMemoryEventStore();
      const serve = libraryDesk(store);
      for (const request of asked) await serve(request);
      const rules = new LibraryRules();
      for (const event of store.events.map(parseLibraryEvent)) {
        assert.equal(rules.violationBy(event), undefined, JSON.stringify(event));
      }
    }),
    { numRuns: 200 },
  );
});
