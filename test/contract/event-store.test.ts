import { eventStoreContract } from './event-store-contract.ts';
import { postgresFixture, type StoreFixture } from './event-store-fixture.ts';
import { InMemoryEventStore } from './in-memory-event-store.ts';
import { snapshotContract } from './snapshot-contract.ts';

// The reference must keep the contracts too: other tests trust it.
const referenceFixture = async (): Promise<StoreFixture> => ({
  store: new InMemoryEventStore(),
  [Symbol.asyncDispose]: async () => undefined,
});

for (const contract of [eventStoreContract, snapshotContract]) {
  contract('the event store on PostgreSQL', () => postgresFixture());
  contract('the reference event store', referenceFixture);
}
