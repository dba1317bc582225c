import { findConfigFile } from '../config/config-file.ts';
import { readConfig, type WorkspaceConfig } from '../config/read-config.ts';
import { programFiles } from './program-files.ts';

export interface WorkspaceConfigOptions {
  readonly workspace: string;
  /** File that Node was started with. */
  readonly entry: string;
  /** Passes on what the modules of the workspace print. */
  readonly verbose: boolean;
}

/** Reads the config file of a workspace, in a process of its own; undefined without one. */
export async function readWorkspaceConfig(
  options: WorkspaceConfigOptions,
): Promise<WorkspaceConfig | undefined> {
  const file = findConfigFile(options.workspace);
  if (file === undefined) return undefined;
  return await readConfig({
    file,
    loader: programFiles(options.entry).configLoader,
    log: (line) => {
      if (options.verbose) console.error(line);
    },
  });
}
