import { Command, Help, type Option } from 'commander';
import { VERSION } from '../main/version.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-code.ts';
import { printError } from './print-error.ts';
import { addFileCommands } from './syntax/file-syntax.ts';
import { addMigrateCommand } from './syntax/migrate-syntax.ts';
import { addRecordingCommands } from './syntax/recording-syntax.ts';
import type { ProgramContext } from './syntax/shared-options.ts';
import { addWorkspaceCommands } from './syntax/workspace-syntax.ts';

export interface ProgramOptions {
  readonly argv: readonly string[];
  /** File that Node was started with. */
  readonly entry: string;
}

/** Executes a command line and gives its exit code: 0, 1 for a fault, 2 for wrong usage, 130 when cancelled. */
export async function runProgram({ argv, entry }: ProgramOptions): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const done = (code: ExitCode) => {
    exitCode = code;
  };
  try {
    await createProgram({ entry, done }).parseAsync(argv);
    return exitCode;
  } catch (error) {
    printError(error, argv.includes('--verbose'));
    return exitCodeOf(error);
  }
}

/** Each command loads what it needs when it is called: `--help` and `status` start without the server. */
function createProgram(context: ProgramContext): Command {
  const program = new Command('eventstore-profiler')
    .description('Shows where an event-sourced application spends its time.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('Add --help to see what is possible.')
    .configureHelp({ showGlobalOptions: true, optionDescription });
  addWorkspaceCommands(program, context);
  addRecordingCommands(program, context);
  addFileCommands(program, context);
  addMigrateCommand(program, context);
  return program;
}

/** That a switch is off until it is given goes without saying. */
function optionDescription(option: Option): string {
  return option.defaultValue === false ? option.description : new Help().optionDescription(option);
}
