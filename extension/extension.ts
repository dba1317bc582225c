import { commands, type ExtensionContext, env, l10n, Uri, window, workspace } from 'vscode';
import type { ServerClient } from '../server/protocol/client.ts';
import type { Run } from '../server/protocol/run.ts';
import { COMMANDS } from './commands/command-ids.ts';
import { type ProfileHandlerArguments, profileHandler } from './commands/profile-handler.ts';
import { readySession } from './commands/ready-session.ts';
import { showActions } from './commands/show-actions.ts';
import { faults } from './faults.ts';
import { PANEL_TYPE, ProfilePanels } from './panel/profile-panels.ts';
import { recordingFromDisk, recordingFromServer } from './panel/recording.ts';
import { panelSerializer } from './panel/restore-panel.ts';
import type { ProfilerApi } from './profiler-api.ts';
import { reportFault } from './report-fault.ts';
import { dataFolder, prepareLaunch } from './server/prepare-launch.ts';
import { ServerControl } from './server/server-control.ts';
import { StatusBar } from './status-bar.ts';

/** Key of the workspace's memory of the run that was shown last. */
const LAST_RUN = 'lastRun';

let stopServer: () => Promise<void> = async () => undefined;

/** Puts the extension together: every part is made here and handed to those that need it. */
export function activate(context: ExtensionContext): ProfilerApi {
  const log = window.createOutputChannel(l10n.t('Event Store Profiler'), { log: true });
  const statusBar = new StatusBar(COMMANDS.showActions);
  const panels = new ProfilePanels(context.extensionUri, log);
  const server = new ServerControl({
    guard: () => {
      if (!workspace.isTrusted) throw faults.untrusted();
    },
    prepare: () => prepareLaunch(context, log),
    log,
  });
  stopServer = () => server.stop();

  const recall = (run: string) => recordingFromDisk(run, dataFolder(context));
  const showProfile = async (run: Run, client: ServerClient) => {
    panels.open(await recordingFromServer(run.id, client));
    await context.workspaceState.update(LAST_RUN, run.id);
  };
  const reopenLastProfile = async () => {
    const run = context.workspaceState.get<string>(LAST_RUN);
    if (run === undefined) throw faults.noProfile();
    panels.open(await recall(run));
  };
  const openInBrowser = async () => {
    const session = await readySession(server);
    if (session === undefined) return;
    const { url, token } = session;
    await env.openExternal(Uri.parse(`${url}/?token=${encodeURIComponent(token)}`));
  };

  /** A command whose faults are shown; trying again does the same again. */
  const command = <A extends unknown[]>(id: string, run: (...args: A) => Promise<unknown>) =>
    commands.registerCommand(id, async function again(...args: A): Promise<unknown> {
      try {
        return await run(...args);
      } catch (error) {
        void reportFault(error, log, () => again(...args));
        return undefined;
      }
    });

  context.subscriptions.push(
    log,
    statusBar,
    panels,
    server,
    server.onDidChangeState((state) => {
      statusBar.showState(state);
      const running = state.kind === 'starting' || state.kind === 'ready';
      void commands.executeCommand('setContext', 'eventstoreProfiler.serverRunning', running);
      // Other faults are shown by the command that met them.
      if (state.kind !== 'failed' || state.fault.code !== 'server_ended') return;
      void reportFault(state.fault, log, () => commands.executeCommand(COMMANDS.startServer));
    }),
    window.registerWebviewPanelSerializer(PANEL_TYPE, panelSerializer({ panels, recall, log })),
    command(COMMANDS.profileHandler, (given?: ProfileHandlerArguments) =>
      profileHandler({ server, log, statusBar, showProfile }, given),
    ),
    command(COMMANDS.reopenLastProfile, reopenLastProfile),
    command(COMMANDS.startServer, () => readySession(server)),
    command(COMMANDS.stopServer, () => server.stop()),
    command(COMMANDS.restartServer, async () => {
      await server.stop();
      await readySession(server);
    }),
    command(COMMANDS.openInBrowser, openInBrowser),
    command(COMMANDS.showLog, async () => log.show()),
    command(COMMANDS.showActions, () => showActions(server.state)),
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
