import type { ImportTransaction } from './import-transaction.ts';

/** What an import demands of the store. */
export interface Demands {
  /** No event may be there when these come in. */
  readonly intoEmpty?: boolean;
}

/** One way to bring events into the store, within a transaction that is under way. */
export interface ImportWay {
  /** `COPY … FROM STDIN` in binary format, of `rowColumns`. */
  readonly copySql: string;
  /** What every row says of the numbers before its transaction, when it says it itself (migrations/0002). */
  readonly floor?: number;
  /** What is left to do when all events are with the database. */
  finish(transaction: ImportTransaction, imported: number): Promise<void>;
}
