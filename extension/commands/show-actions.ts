import { commands, l10n, type QuickPickItem, window } from 'vscode';
import { openSettings } from '../report-fault.ts';
import type { ServerState } from '../server/server-state.ts';
import { COMMANDS } from './command-ids.ts';

interface ActionItem extends QuickPickItem {
  readonly run: () => Thenable<unknown>;
}

/** What a click on the status bar item offers: only what makes sense in the state that the server is in. */
export async function showActions(state: ServerState): Promise<void> {
  const title = l10n.t('Event Store Profiler');
  const chosen = await window.showQuickPick(actionsFor(state), { title });
  await chosen?.run();
}

export function actionsFor(state: ServerState): ActionItem[] {
  const runs = (command: string) => () => commands.executeCommand(command);
  const start = { label: l10n.t('$(play) Start server'), run: runs(COMMANDS.startServer) };
  const stop = { label: l10n.t('$(debug-stop) Stop server'), run: runs(COMMANDS.stopServer) };
  const restart = { label: l10n.t('$(debug-restart) Restart server'), run: runs(COMMANDS.restartServer) };
  const profile = { label: l10n.t('$(flame) Profile handler…'), run: runs(COMMANDS.profileHandler) };
  const attach = {
    label: l10n.t('$(debug-disconnect) Attach to a Node process…'),
    run: runs(COMMANDS.attachProcess),
  };
  const browse = { label: l10n.t('$(globe) Open in browser'), run: runs(COMMANDS.openInBrowser) };
  const log = { label: l10n.t('$(output) Show log'), run: runs(COMMANDS.showLog) };
  const settings = { label: l10n.t('$(gear) Open settings'), run: openSettings };
  switch (state.kind) {
    case 'stopped':
      return [profile, attach, start, log, settings];
    case 'starting':
      return [log, stop];
    case 'ready':
      return state.session.owned
        ? [profile, attach, browse, restart, stop, log]
        : [profile, attach, browse, log];
    case 'stopping':
      return [log];
    case 'failed':
      return [{ ...start, detail: state.fault.message }, log, settings];
  }
}
