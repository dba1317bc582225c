import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * The changes that make the schema which this version needs, oldest first: the files of the folder `migrations` without
 * their ending. Said here so that opening a store reads no folder, which a bundled program may not have.
 */
export const schemaChanges: readonly string[] = [
  '0001_event-store',
  '0002_append-by-keys',
  '0003_snapshots',
  '0004_append-by-statements',
  '0005_snapshots-as-they-are',
];

// 0001_name.sql
const changeFile = /^(\d{4}_.+)\.sql$/;

/** Names of the changes in a folder, oldest first. */
export async function changesIn(directory: string): Promise<readonly string[]> {
  const names = (await readdir(directory)).flatMap((file) => changeFile.exec(file)?.[1] ?? []);
  if (names.length === 0) throw new Error(`There are no migrations in ${directory}.`);
  return names.sort();
}

/**
 * The folder `migrations` that belongs to this program: it lies at the top of the package, and this module runs from
 * the sources, from a bundle or from a chunk of one.
 */
export function migrationsFolder(): string {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const migrations = path.join(folder, 'migrations');
    if (existsSync(path.join(migrations, `${schemaChanges[0]}.sql`))) return migrations;
    if (folder === path.dirname(folder)) {
      throw new Error(`No folder above ${import.meta.dirname} has the event store's migrations.`);
    }
  }
}
