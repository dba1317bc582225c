import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type LogOutputChannel, l10n, Uri, window, workspace } from 'vscode';
import { type CreatedConfig, createdConfigSchema } from '../../server/protocol/created-config.ts';
import { faults } from '../faults.ts';
import type { Program } from '../server/prepare-launch.ts';

export interface CreateConfigServices {
  /** Refuses, by throwing, where code must not run. */
  readonly guard: () => void;
  readonly program: () => Promise<Program>;
  readonly log: LogOutputChannel;
}

/**
 * Writes a first config file from what the workspace exports and opens it, or opens the one that is there. Needs no
 * server. Resolves with what the command line told. @throws UserFault
 */
export async function createConfig({ guard, program, log }: CreateConfigServices): Promise<CreatedConfig> {
  guard();
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath;
  if (folder === undefined) throw faults.noFolder();
  const created = await init(await program(), folder);
  log.info(`Configuration ${created.file}: ${created.isNew ? 'written' : 'there already'}.`);
  await window.showTextDocument(Uri.file(created.file));
  void window.showInformationMessage(inWords(created));
  return created;
}

async function init({ node, script }: Program, folder: string): Promise<CreatedConfig> {
  try {
    const { stdout } = await promisify(execFile)(
      node.command,
      [script, 'init', '--json', '--workspace', folder],
      { env: { ...process.env, ...node.env }, windowsHide: true },
    );
    return createdConfigSchema.parse(JSON.parse(stdout));
  } catch (error) {
    // What the command line has to say stands on its stderr, the sentence first.
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw faults.configNotCreated(said.split('\n', 1)[0] ?? said);
  }
}

function inWords({ isNew, found, commented }: CreatedConfig): string {
  if (!isNew) return l10n.t('The configuration is there already and stays as it is.');
  if (found === 0) return l10n.t('No exported async function was found. The file has an example to fill in.');
  return l10n.t(
    '{0} exported async functions were found; {1} stand in comments until you say what their input is.',
    found,
    commented.length,
  );
}
