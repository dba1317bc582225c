import type { ImportTransaction } from './import-transaction.ts';

/** One way to bring events into the store, within a transaction that is under way. */
export interface ImportWay {
  /** `COPY … FROM STDIN` in binary format, of `rowColumns`. */
  readonly copySql: string;
  /** The sequence number before the first event, when rows carry their floor. */
  readonly floor?: number;
  /** What is left to do when all events are with the database. */
  finish(transaction: ImportTransaction): Promise<void>;
}
