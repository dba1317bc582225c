import type { Command } from 'commander';
import { TIME_RULE } from '../duration-value.ts';
import type { ExitCode } from '../exit-code.ts';

/** What every command of the program needs to know of it. */
export interface ProgramContext {
  /** File that Node was started with. */
  readonly entry: string;
  /** Told the exit code of a command that came to its end. */
  readonly done: (code: ExitCode) => void;
}

export function withVerbose(command: Command): Command {
  return command.option('--verbose', 'show more, and the stack of a fault', false).exitOverride();
}

/** For commands that belong to a workspace. */
export function withWorkspace(command: Command): Command {
  return withVerbose(
    command.option(
      '--workspace <folder>',
      'folder whose .eventstore-profiler holds data and results',
      process.cwd(),
    ),
  );
}

/** For commands that start a server where none runs. */
export function withDatabaseUrl(command: Command): Command {
  return withWorkspace(command).option(
    '--database-url <url>',
    'a PostgreSQL of your own (default: DATABASE_URL, else an embedded one)',
  );
}

/** For commands with a time among their options. */
export function withTimeRule(command: Command): Command {
  return command.addHelpText('after', `\n${TIME_RULE}`);
}

/** Not commander's own env(): its help would print the URL with its password as the default. */
export function databaseOf<T extends { readonly databaseUrl?: string }>(options: T): T {
  const { DATABASE_URL } = process.env;
  return DATABASE_URL ? { databaseUrl: DATABASE_URL, ...options } : options;
}
