import path from 'node:path';
import type { ExternalTool } from './external-tools.ts';

/** Variables that are set for the tool and not meant for the workload. */
const OWN_VARIABLES = [
  'NO_INSIGHT',
  'NO_UPDATE_NOTIFIER',
  'XDG_CONFIG_HOME',
  'NODE_OPTIONS',
  'NODE_PATH',
] as const;

/** The environment of a tool: no statistics are sent, no newer version is asked for, no settings are left in the home folder. */
export function toolEnvironment(tool: ExternalTool, scratch: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NO_INSIGHT: '1',
    NO_UPDATE_NOTIFIER: '1',
    XDG_CONFIG_HOME: path.join(scratch, 'settings'),
    ...tool.env(scratch),
  };
}

/** What those variables are in this process: for the workload, which shall find its environment as it would be without a tool. */
export function ownVariables(): Record<string, string | null> {
  return Object.fromEntries(OWN_VARIABLES.map((name) => [name, process.env[name] ?? null]));
}
