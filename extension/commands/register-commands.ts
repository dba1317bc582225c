import { commands, type Disposable, env, type LogOutputChannel, type Memento, Uri } from 'vscode';
import type { ShownProfiles } from '../panel/shown-profiles.ts';
import { reportFault } from '../report-fault.ts';
import type { ServerControl } from '../server/server-control.ts';
import type { StatusBar } from '../status-bar.ts';
import { type AttachArguments, attachProcess } from './attach-process.ts';
import { COMMANDS } from './command-ids.ts';
import { type CreateConfigServices, createConfig } from './create-config.ts';
import { type ProfileHandlerArguments, profileHandler } from './profile-handler.ts';
import { readySession } from './ready-session.ts';
import { type RunSimulationArguments, runSimulation } from './run-simulation.ts';
import { showActions } from './show-actions.ts';

export interface CommandServices extends Pick<CreateConfigServices, 'guard' | 'program'> {
  readonly server: ServerControl;
  readonly profiles: ShownProfiles;
  readonly statusBar: StatusBar;
  readonly log: LogOutputChannel;
  /** Keeps what was chosen last. */
  readonly memory: Memento;
}

/** Registers every command; disposing takes them back. */
export function registerCommands(services: CommandServices): Disposable[] {
  const { server, profiles, statusBar, log, memory } = services;
  const command = commandRegistry(log);
  return [
    command(COMMANDS.profileHandler, (given?: ProfileHandlerArguments) =>
      profileHandler({ server, log, statusBar, memory, showProfile: profiles.show }, given),
    ),
    command(COMMANDS.attachProcess, (given?: AttachArguments) =>
      attachProcess({ server, log, statusBar, showProfile: profiles.show }, given),
    ),
    command(COMMANDS.createConfig, () => createConfig(services)),
    command(COMMANDS.runSimulation, (given?: RunSimulationArguments) =>
      runSimulation({ server, log }, given),
    ),
    command(COMMANDS.reopenLastProfile, profiles.reopenLast),
    command(COMMANDS.startServer, () => readySession(server)),
    command(COMMANDS.stopServer, () => server.stop()),
    command(COMMANDS.restartServer, async () => {
      await server.stop();
      await readySession(server);
    }),
    command(COMMANDS.openInBrowser, () => openInBrowser(server)),
    command(COMMANDS.showLog, async () => log.show()),
    command(COMMANDS.showActions, () => showActions(server.state)),
  ];
}

/** Registers commands whose faults are shown; trying again does the same again. */
function commandRegistry(log: LogOutputChannel) {
  return <A extends unknown[]>(id: string, run: (...args: A) => Promise<unknown>): Disposable =>
    commands.registerCommand(id, async function again(...args: A): Promise<unknown> {
      try {
        return await run(...args);
      } catch (error) {
        void reportFault(error, log, () => again(...args));
        return undefined;
      }
    });
}

/** The address holds no token: as an argument of the browser's process it is for everyone on the machine to read. */
async function openInBrowser(server: ServerControl): Promise<void> {
  const session = await readySession(server);
  if (session !== undefined) await env.openExternal(Uri.parse(await session.client.browserAddress()));
}
