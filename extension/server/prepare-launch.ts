import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ExtensionContext, type LogOutputChannel, workspace } from 'vscode';
import { faults } from '../faults.ts';
import { readSettings } from '../settings.ts';
import { chooseNode, type NodeRuntime, UnusableNode } from './choose-node.ts';
import type { Launch } from './server-control.ts';

/** How the server of this window is to be started: which Node.js, on which folder, with which database. */
export async function prepareLaunch(context: ExtensionContext, log: LogOutputChannel): Promise<Launch> {
  const settings = readSettings();
  const { node, script } = await prepareProgram(context);
  log.info(`The server runs on Node.js ${node.version} (${node.command}): ${node.why}.`);
  const folder = dataFolder(context);
  await mkdir(folder, { recursive: true });
  return {
    node,
    args: [script, 'start', '--workspace', folder, '--no-open'],
    cwd: folder,
    env: settings.databaseUrl === '' ? {} : { DATABASE_URL: settings.databaseUrl },
  };
}

/** The command line of the profiler, and the Node.js that runs it. @throws UserFault */
export interface Program {
  readonly node: NodeRuntime;
  readonly script: string;
}

export async function prepareProgram(context: ExtensionContext): Promise<Program> {
  const node = await runtime(readSettings().nodePath);
  return { node, script: join(context.extensionPath, 'dist/cli.js') };
}

/** The folder that holds `.eventstore-profiler`: the first of the workspace, else the extension's own storage. */
export function dataFolder(context: ExtensionContext): string {
  return (workspace.workspaceFolders?.[0]?.uri ?? context.globalStorageUri).fsPath;
}

async function runtime(nodePath: string): Promise<NodeRuntime> {
  try {
    return await chooseNode({ setting: nodePath, editor: process.execPath });
  } catch (error) {
    throw error instanceof UnusableNode ? faults.unusableNode(error) : error;
  }
}
