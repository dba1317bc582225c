import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileFault } from '../../lib/file-fault.ts';
import type { CreatedConfig } from '../../protocol/created-config.ts';
import { CONFIG_FILE_NAMES, findConfigFile } from '../config-file.ts';
import { configTemplate } from './config-template.ts';
import { findCandidates } from './find-candidates.ts';

/**
 * Writes a first config file from what the source files of a workspace export. Never changes one that is there.
 * @throws FileFaultError
 */
export async function createConfig(workspace: string): Promise<CreatedConfig> {
  const there = findConfigFile(workspace);
  const folder = path.resolve(workspace);
  const found = await findCandidates(folder);
  const isTypeScript =
    existsSync(path.join(folder, 'tsconfig.json')) ||
    found.candidates.some(({ module }) => /tsx?$/.test(module));
  const file = there ?? path.join(folder, nameFor(isTypeScript));
  const { text, ...written } = configTemplate({ ...found, isInstalled: isInstalled(folder) });
  const isNew = there === undefined && (await isWritten(file, text));
  return { file, isNew, filesRead: found.files, ...written };
}

function nameFor(isTypeScript: boolean): string {
  const ending = isTypeScript ? '.ts' : '.mjs';
  return CONFIG_FILE_NAMES.find((name) => name.endsWith(ending)) ?? `eventstore-profiler.config${ending}`;
}

/** False when somebody else has just written one. */
async function isWritten(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw fileFault(error, file);
  }
}

function isInstalled(folder: string): boolean {
  try {
    createRequire(path.join(folder, 'x.js')).resolve('eventstore-profiler/package.json');
    return true;
  } catch {
    // Node.js has no other way to say so.
    return false;
  }
}
