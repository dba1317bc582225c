import { commands, type Disposable, type ExtensionContext, l10n, window, workspace } from 'vscode';
import { COMMANDS } from './commands/command-ids.ts';
import { type CommandServices, registerCommands } from './commands/register-commands.ts';
import { faults } from './faults.ts';
import { PANEL_TYPE, ProfilePanels } from './panel/profile-panels.ts';
import { panelSerializer } from './panel/restore-panel.ts';
import { ShownProfiles } from './panel/shown-profiles.ts';
import type { ProfilerApi } from './profiler-api.ts';
import { reportFault } from './report-fault.ts';
import { prepareLaunch, prepareProgram } from './server/prepare-launch.ts';
import { ServerControl } from './server/server-control.ts';
import { StatusBar } from './status-bar.ts';

let stopServer: () => Promise<void> = async () => undefined;

/** Puts the extension together: every part is made here and handed to those that need it. */
export function activate(context: ExtensionContext): ProfilerApi {
  const log = window.createOutputChannel(l10n.t('Event Store Profiler'), { log: true });
  const statusBar = new StatusBar(COMMANDS.showActions);
  const panels = new ProfilePanels(context.extensionUri, log);
  const profiles = new ShownProfiles(context, panels, log);
  const server = new ServerControl({
    guard: refuseUntrusted,
    prepare: () => prepareLaunch(context, log),
    log,
  });
  const program = () => prepareProgram(context);
  const memory = context.workspaceState;
  const services = { server, profiles, statusBar, log, program, memory, guard: refuseUntrusted };
  stopServer = () => server.stop();
  const serializer = panelSerializer({ panels, recall: profiles.recall, log });
  context.subscriptions.push(
    ...[log, statusBar, panels, server, showServerState(services)],
    window.registerWebviewPanelSerializer(PANEL_TYPE, serializer),
    ...registerCommands(services),
  );
  return {
    serverState: () => server.state,
    onDidChangeServerState: server.onDidChangeState,
    onDidDrawProfile: panels.onDidDraw,
  };
}

/** VS Code waits for this when the window closes; the server would end with its parent in any case. */
export async function deactivate(): Promise<void> {
  await stopServer();
}

function refuseUntrusted(): void {
  if (!workspace.isTrusted) throw faults.untrusted();
}

function showServerState({ server, statusBar, log }: CommandServices): Disposable {
  return server.onDidChangeState((state) => {
    statusBar.showState(state);
    const running = state.kind === 'starting' || state.kind === 'ready';
    void commands.executeCommand('setContext', 'eventstoreProfiler.serverRunning', running);
    // Other faults are shown by the command that met them.
    if (state.kind !== 'failed' || state.fault.code !== 'server_ended') return;
    void reportFault(state.fault, log, () => commands.executeCommand(COMMANDS.startServer));
  });
}
