import type pg from 'pg';
import { EventStoreUnavailableError } from '../errors.ts';
import type { ReadOptions } from '../event-store.ts';
import type { PostgresEngine } from './postgres-engine.ts';

/** Reads from the pool that the consistency asks for: strong from the primary, eventual from the replica if there is one. */
export async function onReader<T>(
  { primary, replica, whenReplicaFails }: PostgresEngine,
  { consistency }: ReadOptions,
  read: (pool: pg.Pool) => Promise<T>,
): Promise<T> {
  if (consistency !== 'eventual' || !replica) return read(primary);
  try {
    return await read(replica);
  } catch (error) {
    if (!(error instanceof EventStoreUnavailableError)) throw error;
    if (whenReplicaFails === 'primary') return read(primary);
    throw new EventStoreUnavailableError(`The replica could not be read. ${error.message}`, {
      advice: "Read with the consistency 'strong', or open the event store with whenReplicaFails: 'primary'.",
      cause: error,
    });
  }
}
