import { Command } from 'commander';
import { VERSION } from '../main/version.ts';
import { COLLECTORS } from '../protocol/collector-name.ts';
import type { AttachCommandOptions } from './attach-command.ts';
import type { CompareOptions } from './compare-command.ts';
import type { ConvertOptions } from './convert-command.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-code.ts';
import type { ExplainOptions } from './explain-command.ts';
import type { InitOptions } from './init-command.ts';
import type { MigrateCommandOptions } from './migrate-command.ts';
import { printError } from './print-error.ts';
import type { ProfileOptions } from './profile-command.ts';
import type { HandlersOptions, WorkspaceOptions } from './server-commands.ts';
import type { SimulateOptions } from './simulate-command.ts';
import { SIMULATION_OPTIONS, type SimulationValues } from './simulation-options.ts';
import type { StartOptions } from './start-command.ts';

export interface ProgramOptions {
  readonly argv: readonly string[];
  /** File that Node was started with. */
  readonly entry: string;
}

/** Executes a command line and gives its exit code: 0, 1 for a fault, 2 for wrong usage, 130 when cancelled. */
export async function runProgram({ argv, entry }: ProgramOptions): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = createProgram(entry, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    printError(error, argv.includes('--verbose'));
    return exitCodeOf(error);
  }
}

/** Each command loads what it needs when it is called: `--help` and `status` start without the server. */
function createProgram(entry: string, done: (code: ExitCode) => void): Command {
  const program = new Command('eventstore-profiler')
    .description('Shows where an event-sourced application spends its time.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('Add --help to see what is possible.')
    .configureHelp({ showGlobalOptions: true });

  common(program.command('start'))
    .description('Run the server and its page until Ctrl+C.')
    .option('--port <number>', 'port on 127.0.0.1 (default: that of the last start, else a free one)')
    .option('--open', 'open the page in the browser', false)
    .option('--no-open', 'do not open the page (the default)')
    .option('--events <number>', 'events that an empty store is filled with; 0 for none')
    .option('--seed <number>', 'seed of these events: the same seed gives the same events')
    .action(async (options: Omit<StartOptions, 'entry'>) => {
      const { startCommand } = await import('./start-command.ts');
      done(await startCommand({ ...withDatabase(options), entry }));
    });

  common(program.command('profile'))
    .description(
      'Execute a handler while a collector records it, and show where its time or its memory goes.',
    )
    .argument('<handler>', 'name of the handler, see "handlers"')
    .option('--collector <name>', `what records it: ${COLLECTORS.join(', ')} (default: v8-cpu)`)
    .option('--heap-objects <allocated|live>', 'of v8-heap: all objects, or those live at the end')
    .option('--iterations <number>', 'how often the handler is executed (default: 50)')
    .option('--duration <time>', 'instead of iterations: for so long, such as 10s')
    .option(
      '--until-slower-than <time>',
      'instead of iterations: until an operation takes longer, such as 50ms',
    )
    .option('--manual', 'instead of iterations: until Enter or Ctrl+C, which keep what was recorded')
    .option('--max-duration <time>', 'bound of the last two (default: 60s and 10m)')
    .option('--sampling-interval <microseconds>', 'time between two samples (default: 200)')
    .option('--seed <number>', "seed of the handler's inputs (default: 1)")
    .option(
      '--snapshots <off|stored|warm>',
      'keep states: in the event store, or in memory too (default: off)',
    )
    .option('--input <json>', 'one input for every execution (default: inputs are chosen)')
    .option('--out <file>', 'write the profile there, in the format of what recorded it')
    .option('--force', 'write over a file that is there', false)
    .option('--json', 'print the result as JSON', false)
    .action(async (handler: string, options: Omit<ProfileOptions, 'entry'>) => {
      const { profileCommand } = await import('./profile-command.ts');
      done(await profileCommand(handler, { ...withDatabase(options), entry }));
    });

  common(program.command('explain'))
    .description(
      'Show how PostgreSQL executes a statement of a profile, with the values of its slowest call.',
    )
    .argument('<run>', 'id of the run, see "profile"')
    .argument(
      '[statement]',
      "id of the statement in the run's table, or its place there (default: 1, the longest)",
    )
    .option(
      '--analyze <auto|always|never>',
      'execute it and roll it back: always, never, or not where a rollback would not undo all of it (default: auto)',
    )
    .option('--timeout <seconds>', 'how long PostgreSQL may work on it (default: 30)')
    .option('--json', 'print the result as JSON', false)
    .action(async (run: string, statement: string | undefined, options: Omit<ExplainOptions, 'entry'>) => {
      const { explainCommand } = await import('./explain-command.ts');
      done(await explainCommand(run, statement, { ...withDatabase(options), entry }));
    });

  addAttach(program, done);
  addSimulate(program, entry, done);
  addServerCommands(program, entry, done);
  addInitCommand(program, done);
  addConvertCommand(program, done);
  addCompareCommand(program, done);
  addMigrateCommand(program, done);
  return program;
}

function addAttach(program: Command, done: (code: ExitCode) => void): void {
  withVerbose(program.command('attach'))
    .description('Record a running Node.js process and show where its time goes, or who allocates.')
    .argument('<process>', 'its process id, or where its inspector listens: 127.0.0.1:9229')
    .option('--collector <v8-cpu|v8-heap>', 'record time, or allocations (default: v8-cpu)')
    .option('--duration <time>', 'how long: 10s, 500ms, 2m (default: 10s); Ctrl+C ends it early')
    .option('--sampling-interval <microseconds>', 'time between two samples (default: 1000)')
    .option('--out <file>', 'write the recording there (default: a new file in this folder)')
    .option('--force', 'write over a file that is there', false)
    .option('--json', 'print the facts as JSON', false)
    .action(async (target: string, options: AttachCommandOptions) => {
      const { attachCommand } = await import('./attach-command.ts');
      done(await attachCommand(target, options));
    });
}

function addSimulate(program: Command, entry: string, done: (code: ExitCode) => void): void {
  const command = common(program.command('simulate')).description(
    'Let a library live on the event store for a while, and show how the store bears it.',
  );
  for (const { flag, value, description } of SIMULATION_OPTIONS) {
    command.option(`${flag} <${value}>`, description);
  }
  command
    .option('--no-snapshots', 'fold whole histories for each query')
    .option('--json', 'print the result as JSON', false)
    .action(async (options: Omit<SimulateOptions, 'entry' | 'values'> & SimulationValues) => {
      const { simulateCommand } = await import('./simulate-command.ts');
      done(await simulateCommand({ ...withDatabase(options), entry, values: options }));
    });
}

function addServerCommands(program: Command, entry: string, done: (code: ExitCode) => void): void {
  const load = () => import('./server-commands.ts');
  workspaced(program.command('handlers'))
    .description('List the handlers that can be profiled; with --verbose, the fields of their inputs too.')
    .action(async (options: Omit<HandlersOptions, 'entry'>) =>
      done(await (await load()).handlersCommand({ ...options, entry })),
    );
  workspaced(program.command('status'))
    .description('Show what the server of the workspace is doing, and its address.')
    .action(async (options: WorkspaceOptions) => done(await (await load()).statusCommand(options)));
  workspaced(program.command('stop'))
    .description('Stop the server of the workspace.')
    .action(async (options: WorkspaceOptions) => done(await (await load()).stopCommand(options)));
}

function addInitCommand(program: Command, done: (code: ExitCode) => void): void {
  const command = workspaced(program.command('init')).description(
    'Write a first eventstore-profiler.config for handlers of your own, from what the workspace exports.',
  );
  command.action(async (options: InitOptions) => {
    const { initCommand } = await import('./init-command.ts');
    done(await initCommand(options));
  });
}

function addConvertCommand(program: Command, done: (code: ExitCode) => void): void {
  withVerbose(program.command('convert'))
    .description('Show what a profile of any tool holds, or write it in another format.')
    .argument('<file>', 'a profile: its format is found out from its content')
    .option('--to <cpuprofile|speedscope|pprof|collapsed>', 'format to write (default: by the name of --out)')
    .option('--out <file>', 'write it there (default: here, named after the file)')
    .option(
      '--profile <number>',
      'which of several profiles in the file (default: the one with most samples)',
    )
    .option('--force', 'write over a file that is there', false)
    .option('--json', 'print what the file holds as JSON', false)
    .action(async (file: string, options: ConvertOptions) => {
      const { convertCommand } = await import('./convert-command.ts');
      done(await convertCommand(file, options));
    });
}

function addCompareCommand(program: Command, done: (code: ExitCode) => void): void {
  withVerbose(program.command('compare'))
    .description(
      'Show in which functions two versions of a program differ by more than noise, from profiles of both.',
    )
    .argument('<before>', 'a profile of any tool that convert knows')
    .argument('[after]', 'a profile of the other version')
    .argument('[files...]', 'more profiles: the first half of all files is before, the second half after')
    .option('--after <files...>', 'files of the second side; all others are of the first')
    .option('--all', 'every function that differs, not only those that differ most', false)
    .option('--json', 'print the comparison as JSON', false)
    .action(async (before: string, after: string | undefined, files: string[], options: CompareOptions) => {
      const { compareCommand } = await import('./compare-command.ts');
      done(await compareCommand([before, ...(after === undefined ? [] : [after]), ...files], options));
    });
}

function addMigrateCommand(program: Command, done: (code: ExitCode) => void): void {
  withVerbose(program.command('migrate'))
    .description('Create the event store in a PostgreSQL database, or bring it to this version.')
    .option('--database-url <url>', 'the database (default: DATABASE_URL)')
    .option('--events-table <name>', 'table of the events (default: events)')
    .option('--snapshots-table <name>', 'table of the snapshots (default: snapshots)')
    .option('--adopt', 'make events usable that were restored from another database cluster', false)
    .action(async (options: MigrateCommandOptions) => {
      const { migrateCommand } = await import('./migrate-command.ts');
      done(await migrateCommand(withDatabase(options)));
    });
}

function workspaced(command: Command): Command {
  return located(command).option('--json', 'print JSON', false);
}

function common(command: Command): Command {
  return located(command).option(
    '--database-url <url>',
    'a PostgreSQL of your own (default: DATABASE_URL, else an embedded one)',
  );
}

function located(command: Command): Command {
  return withVerbose(
    command.option(
      '--workspace <folder>',
      'folder whose .eventstore-profiler holds data and results',
      process.cwd(),
    ),
  );
}

function withVerbose(command: Command): Command {
  return command.option('--verbose', 'show more, and the stack of a fault', false).exitOverride();
}

/** Not commander's own env(): its help would print the URL with its password as the default. */
function withDatabase<T extends { readonly databaseUrl?: string }>(options: T): T {
  const { DATABASE_URL } = process.env;
  return DATABASE_URL ? { databaseUrl: DATABASE_URL, ...options } : options;
}
