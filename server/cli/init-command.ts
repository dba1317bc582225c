import { existsSync } from 'node:fs';
import path from 'node:path';
import { createConfig } from '../config/template/create-config.ts';
import type { CreatedConfig } from '../protocol/created-config.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { UsageError } from './usage-error.ts';

export interface InitOptions {
  readonly workspace: string;
  readonly json: boolean;
}

/** `init`: writes a first config file from what the workspace exports, and says what it found. @throws UsageError, FileFaultError */
export async function initCommand({ workspace, json }: InitOptions): Promise<ExitCode> {
  const folder = path.resolve(workspace);
  if (!existsSync(folder)) {
    throw new UsageError(`There is no folder ${folder}.`, 'Give the folder of your sources as --workspace.');
  }
  const created = await createConfig(folder);
  console.log(json ? JSON.stringify(created, null, 2) : report(created));
  return EXIT.ok;
}

function report({ file, isNew, filesRead, found, active, commented, hints }: CreatedConfig): string {
  const handlers = [...active, ...commented];
  const files = filesRead === 1 ? '1 source file' : `${filesRead.toLocaleString('en-US')} source files`;
  const functions =
    found === 1 ? '1 exported async function' : `${found.toLocaleString('en-US')} exported async functions`;
  return [
    isNew ? `Written: ${file}` : `${file} is there already and stays as it is.`,
    ...(found > 0
      ? [
          `Found ${functions} in ${files}${found > handlers.length ? `; the first ${handlers.length} of them` : ''}: ${handlers.join(', ')}.`,
        ]
      : nothingFound(path.dirname(file), files)),
    ...(isNew && commented.length > 0 ? [whyCommented(commented)] : []),
    ...hints,
  ].join('\n');
}

function nothingFound(folder: string, files: string): readonly string[] {
  return [
    `Found no exported async function in ${files} of ${folder}.`,
    'Looked into its folders, but not into node_modules, dist, build, out, tests and those that begin with a dot.',
    'Looked for "export async function", "export const x = async …", "export default async …", "exports.x = async …"',
    'and functions that are declared to return a Promise.',
    'What to do: export such a function and name it in the file, which has an example in comments; or give the folder',
    'of your sources as --workspace.',
  ];
}

function whyCommented(commented: readonly string[]): string {
  return `In comments, with the reason beside: ${commented.join(', ')}. Say what is missing, then take the comment marks away.`;
}
