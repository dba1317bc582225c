import { l10n, Uri, window, workspace } from 'vscode';
import type { ServerClient } from '../../server/protocol/client.ts';

/** Tells of a config file that cannot be used: the list of handlers is without those that it names. */
export async function warnOfConfig(client: ServerClient): Promise<void> {
  const { config } = await client.status();
  const folder = workspace.workspaceFolders?.[0]?.uri;
  if (config?.error === undefined || folder === undefined) return;
  const open = l10n.t('Open Configuration');
  if ((await window.showWarningMessage(config.error.message, open)) !== open) return;
  await window.showTextDocument(Uri.joinPath(folder, config.file));
}
