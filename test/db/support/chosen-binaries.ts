import path from 'node:path';
import { binariesIn, type PostgresBinaries } from '../../../server/database/embedded/postgres-binaries.ts';

/** The version of PostgreSQL that the tests shall run on, e.g. `15`; empty for the one that the product brings. */
export const chosenVersion = process.env['TEST_POSTGRES_VERSION'] ?? '';

/** Its programs, which test/db/versions/run.ts installs; undefined for the product's own. */
export async function chosenBinaries(): Promise<PostgresBinaries | undefined> {
  if (chosenVersion === '') return undefined;
  const name = `postgres-${chosenVersion}`;
  return binariesIn(path.join(import.meta.dirname, '../versions/node_modules', name), name);
}
