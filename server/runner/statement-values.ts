import path from 'node:path';
import pg from 'pg';
import pgUtils from 'pg/lib/utils.js';
import { writeFileAtomically } from '../lib/write-file-atomically.ts';
import { targetOf } from '../profiling/statements/observe-clients.ts';
import {
  durationOf,
  type StatementCall,
  type StatementTarget,
  textKey,
} from '../profiling/statements/sent-statement.ts';
import type { StatementEntry } from '../profiling/statements/statement-entries.ts';
import { STATEMENT_VALUES_FILE } from '../protocol/run-files.ts';
import type { KeptCall, KeptValue, ValuesFile } from './kept-calls.ts';

/** Bytes of one call, and of all: a batch of thousands of events is no more telling than a smaller one. */
const MOST_OF_CALL = 2 * 1024 * 1024;
const MOST_OF_FILE = 16 * 1024 * 1024;

interface Values {
  readonly entries: readonly StatementEntry[];
  readonly slowest: ReadonlyMap<string, StatementCall>;
  readonly databaseUrl: string;
}

/**
 * Keeps the slowest call of each statement with its values in a run's folder, readable for the user alone.
 * @throws FileFaultError
 */
export async function writeStatementValues(
  directory: string,
  { entries, slowest, databaseUrl }: Values,
): Promise<void> {
  const statements: ValuesFile['statements'] = {};
  const own = databaseOf(targetOf(new pg.Client({ connectionString: databaseUrl })));
  let bytes = 0;
  for (const entry of entries) {
    const call = slowestOf(entry, slowest);
    const kept = call === undefined ? 'it was not kept' : keptCall(call, own);
    const size = typeof kept === 'string' ? 0 : JSON.stringify(kept).length;
    const isTooMuch = size > MOST_OF_CALL || bytes + size > MOST_OF_FILE;
    statements[entry.id] = isTooMuch ? 'its values are too large to be kept' : kept;
    if (!isTooMuch) bytes += size;
  }
  const text = JSON.stringify({ version: 1, statements });
  await writeFileAtomically(path.join(directory, STATEMENT_VALUES_FILE), text, { mode: 0o600 });
}

function slowestOf({ executions }: StatementEntry, slowest: Values['slowest']): StatementCall | undefined {
  let found: StatementCall | undefined;
  for (const key of new Set(executions.map(({ texts }) => textKey(texts)))) {
    const call = slowest.get(key);
    if (call === undefined) continue;
    if (found === undefined || (found.isFailed && !call.isFailed) || durationOf(call) > durationOf(found))
      found = call;
  }
  return found;
}

function keptCall(call: StatementCall, own: string): KeptCall | string {
  try {
    const database = databaseOf(call.target);
    return {
      statements: call.statements.map(({ text, values }) => ({ text, values: values.map(keptValue) })),
      executionsBefore: call.executionsBefore,
      isPrepared: call.statements.some(({ name }) => name !== undefined),
      isOwnDatabase: database === own,
      database,
      micros: durationOf(call),
    };
  } catch (error) {
    return `a value of it cannot be written down: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function keptValue(value: unknown): KeptValue {
  const prepared = pgUtils.prepareValue(value);
  return prepared instanceof Uint8Array ? { base64: Buffer.from(prepared).toString('base64') } : prepared;
}

function databaseOf({ host, port, database }: StatementTarget): string {
  return `${host}:${port}/${database}`;
}
