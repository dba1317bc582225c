import type pg from 'pg';
import type { EventStoreInstrumentation } from '../instrumentation.ts';
import type { SelectStatements } from './select-statement.ts';

/** What the store's operations share. */
export interface PostgresEngine {
  readonly pool: pg.Pool;
  readonly statements: SelectStatements;
  readonly instrumentation: EventStoreInstrumentation | undefined;
}
