import type pg from 'pg';
import type { EventStoreInstrumentation } from '../instrumentation.ts';
import type { WhenReplicaFails } from './read-routing.ts';
import type { SelectStatements } from './select-statement.ts';
import type { TableNames } from './table-names.ts';

/** What the store's operations share. */
export interface PostgresEngine {
  readonly primary: pg.Pool;
  readonly replica: pg.Pool | undefined;
  readonly whenReplicaFails: WhenReplicaFails;
  readonly tables: TableNames;
  readonly statements: SelectStatements;
  readonly instrumentation: EventStoreInstrumentation | undefined;
}
