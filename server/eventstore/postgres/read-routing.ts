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
    if (whenReplicaFails === 'primary' && error instanceof EventStoreUnavailableError) return read(primary);
    throw replicaFault(error);
  }
}

/** Says of a fault that it was the replica's, and how to do without it; what the caller caused stays as it is. */
export function replicaFault(error: unknown): unknown {
  if (!(error instanceof EventStoreUnavailableError)) return error;
  const without =
    "Or read with the consistency 'strong', or open the event store with whenReplicaFails: 'primary'.";
  return new EventStoreUnavailableError(`The replica could not be read. ${error.message}`, {
    advice: [error.advice, without].filter(Boolean).join(' '),
    cause: error,
  });
}
