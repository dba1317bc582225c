import type pg from 'pg';
import type { JsonValidation } from '../json-validation.ts';
import type { OperationTeller } from '../operation-teller.ts';
import type { AppendFlights } from './append-flights.ts';
import type { AppendStatements } from './append-statements.ts';
import type { SelectStatements } from './select-statement.ts';
import type { SettledNumbers } from './settled.ts';
import type { TableNames } from './table-names.ts';

/** What an eventual read does when the replica cannot answer. */
export type WhenReplicaFails = 'fail' | 'primary';

/** What the store's operations share. */
export interface PostgresEngine {
  readonly primary: pg.Pool;
  readonly replica: pg.Pool | undefined;
  readonly whenReplicaFails: WhenReplicaFails;
  readonly tables: TableNames;
  readonly statements: SelectStatements;
  /** Whose first row tells what a replica knows of numbers that are safe to go on from. */
  readonly replicaStatements: SelectStatements;
  readonly appends: AppendStatements;
  readonly flights: AppendFlights;
  readonly settled: SettledNumbers;
  readonly jsonValidation: JsonValidation;
  readonly teller: OperationTeller | undefined;
}
