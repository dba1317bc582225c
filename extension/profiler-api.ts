import type { Event } from 'vscode';
import type { DrawnPanel } from './panel/profile-panels.ts';
import type { ServerState } from './server/server-state.ts';

/** What the extension gives to other extensions and to tests: to look, not to touch. */
export interface ProfilerApi {
  serverState(): ServerState;
  readonly onDidChangeServerState: Event<ServerState>;
  readonly onDidDrawProfile: Event<DrawnPanel>;
}
