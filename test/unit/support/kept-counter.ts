import type { SafeSequenceNumber } from '../../../server/eventstore/storable-event.ts';
import { queryHandler } from '../../../server/handling/query-handler.ts';
import { everyEvents, type SavePolicy } from '../../../server/handling/snapshots/save-policy.ts';
import {
  type SnapshotFault,
  SnapshotKeeper,
  type SnapshotKeeperOptions,
} from '../../../server/handling/snapshots/snapshot-keeper.ts';
import { snapshotting } from '../../../server/handling/snapshots/snapshotting.ts';
import { InMemoryEventStore } from '../../contract/in-memory-event-store.ts';
import { countOf } from './counter-example.ts';
import { countAsText } from './counter-snapshot.ts';

export const counting = { ...countOf, ...countAsText };
export const a = { counter: 'a' };
export const filterOfA = countOf.filter(a);

export interface Setting extends Partial<SnapshotKeeperOptions> {
  readonly events?: number;
  readonly inMemory?: InMemoryEventStore;
  readonly policy?: SavePolicy;
  readonly maxTail?: number;
  readonly version?: number;
}

/** A counter with snapshots on a store of its own. */
export function setting({ events = 5, inMemory = new InMemoryEventStore(), ...given }: Setting = {}) {
  const faults: SnapshotFault[] = [];
  addCounts(inMemory, events);
  const { policy = everyEvents(1), maxTail, version = 1, ...options } = given;
  const keeper = new SnapshotKeeper({
    store: inMemory,
    inventory: inMemory,
    onFault: (fault) => faults.push(fault),
    ...options,
  });
  const definition = { ...counting, version };
  const handler = snapshotting(queryHandler(definition, { store: inMemory }), definition, keeper, {
    policy,
    ...(maxTail !== undefined && { maxTail }),
  });
  const use = async () => {
    const { result, snapshot } = await handler.handle(a);
    return [result, snapshot.use, ...(snapshot.reason ? [snapshot.reason] : []), snapshot.eventsAfter];
  };
  return { store: inMemory, keeper, handler, faults, use };
}

export function addCounts(store: InMemoryEventStore, times: number): void {
  for (let time = 0; time < times; time += 1) store.store('Counted', { Counter: 'a' });
}

/** As another process could have saved it. */
export async function saveText(store: InMemoryEventStore, data: string, number: number): Promise<void> {
  const sequenceNumber = number as SafeSequenceNumber;
  await store.saveSnapshot({ projectionType: 'CountOf v1', filter: filterOfA, sequenceNumber, data });
}
