import { eventStoreContract } from './event-store-contract.ts';
import { postgresFixture } from './event-store-fixture.ts';
import { InMemoryEventStore } from './in-memory-event-store.ts';

eventStoreContract('the event store on PostgreSQL', () => postgresFixture());

// The reference must keep the contract too: other tests trust it.
eventStoreContract('the reference event store', async () => ({
  store: new InMemoryEventStore(),
  [Symbol.asyncDispose]: async () => undefined,
}));
