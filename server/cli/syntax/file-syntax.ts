import type { Command } from 'commander';
import type { CompareOptions } from '../compare-command.ts';
import type { ConvertOptions } from '../convert-command.ts';
import { type ProgramContext, withWorkspace } from './shared-options.ts';

/** What can be typed about profiles that are there: convert, compare. */
export function addFileCommands(program: Command, context: ProgramContext): void {
  addConvert(program, context);
  addCompare(program, context);
}

function addConvert(program: Command, { done }: ProgramContext): void {
  withWorkspace(program.command('convert'))
    .description('Show what a profile of any tool holds, or write it in another format.')
    .argument('<file>', 'a profile: its format is found out from its content; or the id of a run, see "runs"')
    .option('--to <cpuprofile|speedscope|pprof|collapsed>', 'format to write (default: by the name of --out)')
    .option('--out <file>', 'write it there (default: here, named after the file)')
    .option(
      '--profile <number>',
      'which of several profiles in the file (default: the one with most samples)',
    )
    .option('--force', 'write over a file that is there', false)
    .option(
      '--with-profiler',
      "show the profiler's own functions too, not their time at their callers",
      false,
    )
    .option('--json', 'print what the file holds as JSON', false)
    .action(async (file: string, options: ConvertOptions) => {
      const { convertCommand } = await import('../convert-command.ts');
      done(await convertCommand(file, options));
    });
}

function addCompare(program: Command, { done }: ProgramContext): void {
  withWorkspace(program.command('compare'))
    .description(
      'Show in which functions two versions of a program differ by more than noise, from profiles of both.',
    )
    .argument('<before>', 'a profile of any tool that convert knows, or the id of a run, see "runs"')
    .argument('[after]', 'a profile of the other version')
    .argument('[files...]', 'more profiles: the first half of all files is before, the second half after')
    .option('--after <files...>', 'files of the second side; all others are of the first')
    .option('--all', 'every function that differs, not only those that differ most', false)
    .option(
      '--with-profiler',
      "show the profiler's own functions too, not their time at their callers",
      false,
    )
    .option('--json', 'print the comparison as JSON', false)
    .action(async (before: string, after: string | undefined, files: string[], options: CompareOptions) => {
      const { compareCommand } = await import('../compare-command.ts');
      done(await compareCommand([before, ...(after === undefined ? [] : [after]), ...files], options));
    });
}
