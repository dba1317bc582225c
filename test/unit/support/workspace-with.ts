import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

const modules = path.resolve(import.meta.dirname, '../../../node_modules');

/** A workspace of these files that finds this project's packages as its own. */
export async function workspaceWith(files: Readonly<Record<string, string>>): Promise<TemporaryDirectory> {
  const folder = await temporaryDirectory();
  await symlink(modules, path.join(folder.path, 'node_modules'), 'junction');
  await writeFiles(folder.path, files);
  return folder;
}

export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
