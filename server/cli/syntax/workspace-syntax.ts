import type { Command } from 'commander';
import type { InitOptions } from '../init-command.ts';
import type { HandlersOptions, WorkspaceOptions } from '../server-commands.ts';
import type { StartOptions } from '../start-command.ts';
import { databaseOf, type ProgramContext, withDatabaseUrl, withWorkspace } from './shared-options.ts';

/** What can be typed about a workspace, its server and what it keeps: start, status, stop, runs, handlers, init. */
export function addWorkspaceCommands(program: Command, context: ProgramContext): void {
  addStart(program, context);
  addServerCommands(program, context);
  addRuns(program, context);
  addInit(program, context);
}

function addStart(program: Command, { entry, done }: ProgramContext): void {
  withDatabaseUrl(program.command('start'))
    .description('Run the server and its page until Ctrl+C.')
    .option('--port <number>', 'port on 127.0.0.1 (default: that of the last start, else a free one)')
    .option('--open', 'open the page in the browser', false)
    .option('--no-open', 'do not open the page (the default)')
    .option(
      '--events <number>',
      'events that an empty store is filled with; 0 for none (default: 50000, none in a database of your own)',
    )
    .option('--seed <number>', 'seed of these events: the same seed gives the same events (default: 1)')
    .action(async (options: Omit<StartOptions, 'entry'>) => {
      const { startCommand } = await import('../start-command.ts');
      done(await startCommand({ ...databaseOf(options), entry }));
    });
}

function addServerCommands(program: Command, { entry, done }: ProgramContext): void {
  const load = () => import('../server-commands.ts');
  printing(program.command('handlers'))
    .description('List the handlers that can be profiled; with --verbose, the fields of their inputs too.')
    .action(async (options: Omit<HandlersOptions, 'entry'>) =>
      done(await (await load()).handlersCommand({ ...options, entry })),
    );
  printing(program.command('status'))
    .description('Show what the server of the workspace is doing, and its address.')
    .action(async (options: WorkspaceOptions) => done(await (await load()).statusCommand(options)));
  withWorkspace(program.command('stop'))
    .description('Stop the server of the workspace.')
    .action(async (options: { readonly workspace: string }) =>
      done(await (await load()).stopCommand(options)),
    );
}

function addRuns(program: Command, { done }: ProgramContext): void {
  printing(program.command('runs'))
    .description('List the runs that the workspace keeps, newest first: profiles, plans, simulations.')
    .action(async (options: WorkspaceOptions) => {
      const { runsCommand } = await import('../runs-command.ts');
      done(await runsCommand(options));
    });
}

function addInit(program: Command, { done }: ProgramContext): void {
  printing(program.command('init'))
    .description(
      'Write a first eventstore-profiler.config for handlers of your own, from what the workspace exports.',
    )
    .action(async (options: InitOptions) => {
      const { initCommand } = await import('../init-command.ts');
      done(await initCommand(options));
    });
}

function printing(command: Command): Command {
  return withWorkspace(command).option('--json', 'print JSON', false);
}
