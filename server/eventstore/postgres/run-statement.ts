import type pg from 'pg';
import type { CallOptions } from '../event-store.ts';
import type { OperationTrack } from '../operation-track.ts';
import { isAnsweredFailure, readFault } from './database-fault.ts';
import { LeasedConnection } from './leased-connection.ts';
import { asText } from './row-decoding.ts';

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Of a prepared statement that the connection keeps. */
  readonly name?: string | undefined;
}

/** One statement on a connection of its own, every column as text. Faults come in the event store's terms. */
export async function runStatement<Row extends unknown[]>(
  pool: pg.Pool,
  { text, values, name }: Statement,
  options: CallOptions,
  track?: OperationTrack,
): Promise<Row[]> {
  let interruptedBy: Error | undefined;
  try {
    track?.enter('connection_acquire');
    using connection = await LeasedConnection.acquire(pool, options);
    track?.enter('sql_execute');
    try {
      const statement = { text, values: [...values], rowMode: 'array', types: asText } as const;
      const result = await connection.client.query<Row>(name ? { ...statement, name } : statement);
      return result.rows;
    } catch (error) {
      // A connection that the server ends is still open for a moment, in which the next operation would get it.
      if (!isAnsweredFailure(error)) connection.discard();
      throw error;
    } finally {
      interruptedBy = connection.interruptedBy;
    }
  } catch (error) {
    throw interruptedBy ?? readFault(error);
  }
}
