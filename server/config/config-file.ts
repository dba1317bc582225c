import { existsSync } from 'node:fs';
import path from 'node:path';

/** In the order in which they are looked for. */
export const CONFIG_FILE_NAMES = ['ts', 'mts', 'js', 'mjs', 'cjs'].map(
  (extension) => `eventstore-profiler.config.${extension}`,
);

/** The config file of a workspace, as an absolute path; undefined without one. */
export function findConfigFile(workspace: string): string | undefined {
  return CONFIG_FILE_NAMES.map((name) => path.resolve(workspace, name)).find((file) => existsSync(file));
}
