import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OperationCanceledError } from '../../server/eventstore/errors.ts';
import { emptyPosition } from '../../server/eventstore/event-store.ts';
import { appendContract } from './append-contract.ts';
import { anyEvent } from './boundaries.ts';
import { collect, event, type StoreFixture } from './event-store-fixture.ts';
import { queryContract } from './query-contract.ts';
import { replayContract } from './replay-contract.ts';

/** What every engine must do, one caller at a time. Concurrency has tests of its own. */
export function eventStoreContract(engine: string, open: () => Promise<StoreFixture>): void {
  queryContract(engine, open);
  appendContract(engine, open);
  replayContract(engine, open);
  describe(`calling ${engine} with an aborted signal`, () => {
    it('does nothing', async () => {
      await using fixture = await open();
      const { store } = fixture;
      const options = { signal: AbortSignal.abort(new Error('not needed any more')) };
      const isCanceled = (error: unknown) =>
        error instanceof OperationCanceledError && error.cause === options.signal.reason;
      await assert.rejects(store.query(anyEvent, options), isCanceled);
      await assert.rejects(store.append(anyEvent, emptyPosition, [event('A')], options), isCanceled);
      await assert.rejects(collect(store.replay(anyEvent, options)), isCanceled);
      assert.deepEqual((await store.query(anyEvent)).events, []);
    });
  });
}
