import { access, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileFault } from '../lib/file-fault.ts';
import { RUNS_FOLDER } from '../protocol/run-files.ts';

/** Where the profiler keeps what belongs to one workspace. */
export interface Workspace {
  readonly folder: string;
  /** Tells others about the server that runs; see server-lock.ts. */
  readonly serverFile: string;
  /** Address for the next server; see kept-address.ts. */
  readonly addressFile: string;
  readonly runs: string;
  /** Data directory of the embedded database. */
  readonly postgres: string;
}

export function workspaceAt(directory: string): Workspace {
  const folder = path.join(path.resolve(directory), '.eventstore-profiler');
  return {
    folder,
    serverFile: path.join(folder, 'server.json'),
    addressFile: path.join(folder, 'address.json'),
    runs: path.join(path.resolve(directory), RUNS_FOLDER),
    postgres: path.join(folder, 'postgres'),
  };
}

/** Makes the folder and keeps it out of the user's version control. @throws FileFaultError */
export async function prepareWorkspace(workspace: Workspace): Promise<void> {
  const ignore = path.join(workspace.folder, '.gitignore');
  try {
    await mkdir(workspace.folder, { recursive: true });
    await writeFile(ignore, '*\n', { flag: 'wx' });
  } catch (error) {
    if (!(await exists(ignore))) throw fileFault(error, workspace.folder);
  }
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
