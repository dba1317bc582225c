import type { Command } from 'commander';
import type { MigrateCommandOptions } from '../migrate-command.ts';
import { databaseOf, type ProgramContext, withVerbose } from './shared-options.ts';

/** What can be typed about the event store of a database: migrate. */
export function addMigrateCommand(program: Command, { done }: ProgramContext): void {
  withVerbose(program.command('migrate'))
    .description('Create the event store in a PostgreSQL database, or bring it to this version.')
    .option('--database-url <url>', 'the database (default: DATABASE_URL)')
    .option('--events-table <name>', 'table of the events (default: events)')
    .option('--snapshots-table <name>', 'table of the snapshots (default: snapshots)')
    .option('--adopt', 'make events usable that were restored from another database cluster', false)
    .action(async (options: MigrateCommandOptions) => {
      const { migrateCommand } = await import('../migrate-command.ts');
      done(await migrateCommand(databaseOf(options)));
    });
}
