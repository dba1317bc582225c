import { workspace } from 'vscode';

/** What the user has set, read anew for each use so that a change needs no reload. */
export interface ProfilerSettings {
  /** Node.js executable; empty for the one that is found. */
  readonly nodePath: string;
  /** Connection string; empty for the embedded PostgreSQL. */
  readonly databaseUrl: string;
  readonly iterations: number;
  /** Microseconds. */
  readonly samplingInterval: number;
}

export const SETTINGS_SECTION = 'eventstoreProfiler';

export function readSettings(): ProfilerSettings {
  const settings = workspace.getConfiguration(SETTINGS_SECTION);
  return {
    nodePath: settings.get('nodePath', '').trim(),
    databaseUrl: settings.get('databaseUrl', '').trim(),
    iterations: settings.get('iterations', 50),
    samplingInterval: settings.get('samplingInterval', 200),
  };
}
