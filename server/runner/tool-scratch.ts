import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileFault } from '../lib/file-fault.ts';
import { UNFINISHED } from '../lib/write-file-atomically.ts';
import { keptLogFolder } from '../profiling/external/external-tools.ts';
import { groupLifeline } from '../profiling/external/group-lifeline.ts';

/** The folder of a run in which a tool works, with all that it leaves lying about. Gone when it is disposed of. */
export interface ToolScratch extends AsyncDisposable {
  readonly folder: string;
  readonly orderFile: string;
  readonly outcomeFile: string;
  readonly stopFile: string;
  /** Ends the tool when this process is gone. */
  readonly lifeline: string;
  /** The Node.js that runs this process, under a name by which tools know it. */
  readonly node: string;
}

/** Whoever finds the folder later, because the machine went down, may remove it. @throws FileFaultError */
export async function openToolScratch(runFolder: string): Promise<ToolScratch> {
  const folder = path.join(runFolder, `tool${UNFINISHED}`);
  try {
    await mkdir(keptLogFolder(folder), { recursive: true });
    const lifeline = path.join(folder, 'lifeline.cjs');
    await writeFile(lifeline, groupLifeline);
    return {
      folder,
      lifeline,
      orderFile: path.join(folder, 'order.json'),
      outcomeFile: path.join(folder, 'outcome.json'),
      stopFile: path.join(folder, 'stop'),
      node: await nodeNamedNode(folder),
      // What has been killed may still be closing its files.
      [Symbol.asyncDispose]: () =>
        rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
    };
  } catch (error) {
    throw fileFault(error, folder);
  }
}

/** An editor that runs as Node.js has another name, and Clinic refuses those. */
async function nodeNamedNode(folder: string): Promise<string> {
  if (/^node(\.exe)?$/.test(path.basename(process.execPath))) return process.execPath;
  const link = path.join(folder, process.platform === 'win32' ? 'node.exe' : 'node');
  await symlink(process.execPath, link);
  return link;
}
