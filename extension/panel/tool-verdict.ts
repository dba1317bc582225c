import { commands, env, type LogOutputChannel, l10n, UIKind, Uri, window } from 'vscode';
import type { ProfileResult } from '../../server/protocol/run.ts';

/** A notification that is longer is not read. */
const LONGEST = 300;

interface ToolVerdictOptions {
  /** Of the run, with its artifacts. */
  readonly folder: string;
  readonly log: LogOutputChannel;
}

/** Tells what another program had to say of a run, and leads to the page that it has drawn. Nobody waits for the answer. */
export async function tellVerdict(
  { tool, artifacts }: ProfileResult,
  { folder, log }: ToolVerdictOptions,
): Promise<void> {
  if (tool === undefined) return;
  log.info(`${tool.name} ${tool.version}: ${tool.verdict.join(' ') || 'no verdict.'}`);
  const page = artifacts.find(({ mediaType }) => mediaType === 'text/html');
  const actions = page === undefined ? [] : actionsFor(Uri.joinPath(Uri.file(folder), page.name));
  const labels = actions.map(({ label }) => label);
  const chosen = await window.showInformationMessage(verdictMessage(tool), ...labels);
  await actions.find(({ label }) => label === chosen)?.run();
}

/** The whole of it stands in the log. */
export function verdictMessage({ name, verdict }: NonNullable<ProfileResult['tool']>): string {
  const said = verdict.join(' ');
  if (said === '') return l10n.t('{0} has drawn a page of its own.', name);
  const short = said.length > LONGEST ? `${said.slice(0, LONGEST).toWellFormed().trimEnd()}…` : said;
  return l10n.t('{0}: {1}', name, short);
}

interface Action {
  readonly label: string;
  readonly run: () => Thenable<unknown>;
}

/** A page on another machine is not opened by the browser of this one; from the Explorer it can be downloaded. */
function actionsFor(page: Uri): Action[] {
  const isHere = env.uiKind === UIKind.Desktop && env.remoteName === undefined;
  const reveal = isHere ? 'revealFileInOS' : 'revealInExplorer';
  const show = { label: l10n.t('Show File'), run: () => commands.executeCommand(reveal, page) };
  return isHere ? [{ label: l10n.t('Open Page'), run: () => env.openExternal(page) }, show] : [show];
}
