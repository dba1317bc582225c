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

function report({ file, isNew, filesRead, active, commented }: CreatedConfig): string {
  const found = active.length + commented.length;
  const functions = found === 1 ? '1 exported async function' : `${found} exported async functions`;
  const names = [...active, ...commented].join(', ');
  const files = filesRead === 1 ? '1 source file' : `${filesRead.toLocaleString('en-US')} source files`;
  const seen = `Found ${functions} in ${files}${found === 0 ? '' : `: ${names}`}.`;
  if (!isNew) return `${file} is there already and stays as it is.\n${seen}`;
  const rest =
    commented.length === 0
      ? ''
      : `\n${commented.length} of them stand in comments: say what their input is, then take the comment marks away.`;
  return `Written: ${file}\n${seen}${rest}`;
}
