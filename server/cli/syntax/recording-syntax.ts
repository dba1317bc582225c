import type { Command } from 'commander';
import { COLLECTORS } from '../../protocol/collector-name.ts';
import type { AttachCommandOptions } from '../attach-command.ts';
import type { ExplainOptions } from '../explain-command.ts';
import type { ProfileOptions } from '../profile-command.ts';
import type { SimulateOptions } from '../simulate-command.ts';
import { SIMULATION_OPTIONS, type SimulationValues } from '../simulation-options.ts';
import {
  databaseOf,
  type ProgramContext,
  withDatabaseUrl,
  withTimeRule,
  withVerbose,
} from './shared-options.ts';

/** What can be typed to have something executed, recorded and kept: profile, explain, simulate, attach. */
export function addRecordingCommands(program: Command, context: ProgramContext): void {
  addProfile(program, context);
  addExplain(program, context);
  addAttach(program, context);
  addSimulate(program, context);
}

function addProfile(program: Command, { entry, done }: ProgramContext): void {
  withTimeRule(withDatabaseUrl(program.command('profile')))
    .description(
      'Execute a handler while a collector records it, and show where its time or its memory goes.',
    )
    .argument('<handler>', 'name of the handler, see "handlers"')
    .option('--collector <name>', `what records it: ${COLLECTORS.join(', ')} (default: v8-cpu)`)
    .option(
      '--heap-objects <allocated|live>',
      'of v8-heap: all objects, or those live at the end (default: allocated)',
    )
    .option('--iterations <number>', 'how often the handler is executed (default: 50)')
    .option('--duration <time>', 'instead of iterations: for so long, such as 10s')
    .option(
      '--until-slower-than <time>',
      'instead of iterations: until an operation takes longer, such as 50ms',
    )
    .option('--manual', 'instead of iterations: until Enter or Ctrl+C, which keep what was recorded')
    .option('--max-duration <time>', 'bound of the last two (default: 60s and 10m)')
    .option('--sampling-interval <time>', 'time between two samples (default: 200us)')
    .option('--seed <number>', "seed of the handler's inputs (default: 1)")
    .option(
      '--snapshots <off|stored|warm>',
      'keep states: in the event store, or in memory too (default: off)',
    )
    .option('--input <json>', 'one input for every execution (default: inputs are chosen)')
    .option('--out <file>', 'write the profile there, in the format of what recorded it')
    .option('--force', 'write over a file that is there', false)
    .option(
      '--with-profiler',
      "show the profiler's own functions too, not their time at their callers",
      false,
    )
    .option('--json', 'print the result as JSON', false)
    .action(async (handler: string, options: Omit<ProfileOptions, 'entry'>) => {
      const { profileCommand } = await import('../profile-command.ts');
      done(await profileCommand(handler, { ...databaseOf(options), entry }));
    });
}

function addExplain(program: Command, { entry, done }: ProgramContext): void {
  withTimeRule(withDatabaseUrl(program.command('explain')))
    .description(
      'Show how PostgreSQL executes a statement of a profile, with the values of its slowest call.',
    )
    .argument('<run>', 'id of the run, see "runs"')
    .argument(
      '[statement]',
      "id of the statement in the run's table, or its place there (default: 1, the longest)",
    )
    .option(
      '--analyze <auto|always|never>',
      'execute it and roll it back: always, never, or not where a rollback would not undo all of it (default: auto)',
    )
    .option('--timeout <time>', 'how long PostgreSQL may work on it (default: 30s)')
    .option('--json', 'print the result as JSON', false)
    .action(async (run: string, statement: string | undefined, options: Omit<ExplainOptions, 'entry'>) => {
      const { explainCommand } = await import('../explain-command.ts');
      done(await explainCommand(run, statement, { ...databaseOf(options), entry }));
    });
}

function addAttach(program: Command, { done }: ProgramContext): void {
  withTimeRule(withVerbose(program.command('attach')))
    .description('Record a running Node.js process and show where its time goes, or who allocates.')
    .argument('<process>', 'its process id, or where its inspector listens: 127.0.0.1:9229')
    .option('--collector <v8-cpu|v8-heap>', 'record time, or allocations (default: v8-cpu)')
    .option('--duration <time>', 'how long (default: 10s); Ctrl+C ends it early')
    .option('--sampling-interval <time>', 'time between two samples (default: 1ms)')
    .option('--out <file>', 'write the recording there (default: a new file in this folder)')
    .option('--force', 'write over a file that is there', false)
    .option('--json', 'print the facts as JSON', false)
    .action(async (target: string, options: AttachCommandOptions) => {
      const { attachCommand } = await import('../attach-command.ts');
      done(await attachCommand(target, options));
    });
}

function addSimulate(program: Command, { entry, done }: ProgramContext): void {
  const command = withTimeRule(withDatabaseUrl(program.command('simulate'))).description(
    'Let a library live on the event store for a while, and show how the store bears it.',
  );
  for (const { flag, value, description } of SIMULATION_OPTIONS) {
    command.option(`${flag} <${value}>`, description);
  }
  command
    .option('--no-snapshots', 'fold whole histories for each query')
    .option('--json', 'print the result as JSON', false)
    .action(async (options: Omit<SimulateOptions, 'entry' | 'values'> & SimulationValues) => {
      const { simulateCommand } = await import('../simulate-command.ts');
      done(await simulateCommand({ ...databaseOf(options), entry, values: options }));
    });
}
