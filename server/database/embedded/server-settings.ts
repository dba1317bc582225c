/**
 * The settings in which the embedded server differs from PostgreSQL's defaults. They stand in a file of their own
 * beside postgresql.conf, written anew at each start, so that a newer version of this program brings its own.
 */
export function serverSettings(extra: Readonly<Record<string, string>> = {}): string {
  const settings = { ...localProfilerSettings, ...deadClientSettings, ...extra };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join('');
}

const localProfilerSettings: Readonly<Record<string, string>> = {
  // Reachable from this machine alone, by TCP: a socket file in a shared temp directory would be open to all users.
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  cluster_name: 'eventstore-profiler',
  // Runs, their pools, a benchmark's writers and a person's psql at the same time.
  max_connections: '200',
  // A profiled query must not hide its cost: times of reads and writes show in EXPLAIN.
  track_io_timing: 'on',
  // Whether a plan is compiled depends on estimates, and compiling takes as long as many queries: noise in a profile.
  jit: 'off',
  // What PostgreSQL itself counts of each statement. It costs 10 µs of each, so only connections of profiles turn it on:
  // docs/decisions/2026-11-21-statements-of-operations.md
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'none',
  // With the default of 1 GB, seeding some hundred thousand events forces checkpoints in the middle.
  max_wal_size: '2GB',
  // Nothing that a reader of postgres.log could act on.
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
  // The same times in the log, and in text made by the database, on every machine.
  timezone: 'UTC',
  log_timezone: 'UTC',
};

// A cancelled run is killed; its connection, and the locks it holds, must be free within a second even when the
// server is in the middle of a long query. Windows has no way to ask a socket for that and refuses the setting.
const deadClientSettings: Readonly<Record<string, string>> =
  process.platform === 'win32' ? {} : { client_connection_check_interval: '250ms' };
