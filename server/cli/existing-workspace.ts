import { stat } from 'node:fs/promises';
import path from 'node:path';
import { fileFault } from '../lib/file-fault.ts';
import { type Workspace, workspaceAt } from '../main/workspace.ts';
import { UsageError } from './usage-error.ts';

/** The workspace that was named. A folder is never made for a name that was mistyped. @throws UsageError, FileFaultError */
export async function existingWorkspace(given: string): Promise<Workspace> {
  if (given === '') {
    throw new UsageError(
      '--workspace needs a folder; nothing was given.',
      'Leave --workspace out for the folder that you are in.',
    );
  }
  const folder = path.resolve(given);
  const kind = await kindOf(folder);
  if (kind === 'folder') return workspaceAt(folder);
  throw new UsageError(
    kind === 'nothing' ? `There is no folder ${folder}.` : `${folder} is a file, not a folder.`,
    'Give the folder of your project as --workspace, or leave it out for the folder that you are in.',
  );
}

async function kindOf(folder: string): Promise<'folder' | 'file' | 'nothing'> {
  try {
    return (await stat(folder)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const errno = error instanceof Error && 'code' in error ? error.code : undefined;
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return 'nothing';
    throw fileFault(error, folder);
  }
}
