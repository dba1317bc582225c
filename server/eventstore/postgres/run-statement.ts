import type pg from 'pg';
import type { CallOptions } from '../event-store.ts';
import type { OperationTrack } from '../operation-track.ts';
import { isAnsweredFailure, readFault } from './database-fault.ts';
import { exchange, type Statement, type TextRow } from './exchange.ts';
import { LeasedConnection } from './leased-connection.ts';

/** One statement on a connection of its own, every column as text. Faults come in the event store's terms. */
export async function runStatement<Row extends unknown[]>(
  pool: pg.Pool,
  statement: Statement,
  options: CallOptions,
  track?: OperationTrack,
): Promise<Row[]> {
  let interruptedBy: Error | undefined;
  try {
    track?.enter('connection_acquire');
    using connection = await LeasedConnection.acquire(pool, options);
    track?.enter('sql_execute');
    try {
      const [rows = []] = await exchange(connection.client, [statement]);
      // The caller knows which columns its statement gives.
      return rows as readonly TextRow[] as Row[];
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
