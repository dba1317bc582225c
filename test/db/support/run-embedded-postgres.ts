/** Runs the embedded PostgreSQL on the directory given until it is told to stop; reports in lines of JSON. */
import { startEmbeddedPostgres } from '../../../server/database/embedded/embedded-postgres.ts';
import { ProfilerError } from '../../../server/lib/profiler-error.ts';
import { query } from './query.ts';

const say = (value: object) => console.log(JSON.stringify(value));

try {
  const postgres = await startEmbeddedPostgres({
    dataDirectory: process.argv[2] ?? '',
    log: () => undefined,
  });
  const finish = async () => {
    // What a server still has to write before it ends; fails when PostgreSQL was interrupted as well.
    await query(postgres.connectionString, 'SELECT pg_sleep(0.2)');
    await postgres.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void finish());
  say({ pid: postgres.pid, url: postgres.connectionString, dataDirectory: postgres.dataDirectory });
  say(await postgres.exited);
} catch (error) {
  if (!(error instanceof ProfilerError)) throw error;
  say({ code: error.code, message: error.message, advice: error.advice });
}
