import assert from 'node:assert/strict';
import { type Event, extensions } from 'vscode';
import type { ProfilerApi } from '../../../extension/profiler-api.ts';
import type { ServerState } from '../../../extension/server/server-state.ts';

export function profilerExtension() {
  const extension = extensions.getExtension<ProfilerApi>('eventstore-profiler.eventstore-profiler');
  assert.ok(extension, 'the extension is not installed');
  return extension;
}

/** The state with this name, now or as soon as the server is in it. */
export async function stateOf<K extends ServerState['kind']>(
  profiler: ProfilerApi,
  kind: K,
): Promise<Extract<ServerState, { kind: K }>> {
  const isIt = (state: ServerState): state is Extract<ServerState, { kind: K }> => state.kind === kind;
  const now = profiler.serverState();
  return isIt(now) ? now : await nextOf(profiler.onDidChangeServerState, isIt);
}

/** The next value of an event that fits. */
export function nextOf<T, U extends T>(event: Event<T>, fits: (value: T) => value is U): Promise<U> {
  return new Promise((resolve) => {
    const listening = event((value) => {
      if (!fits(value)) return;
      listening.dispose();
      resolve(value);
    });
  });
}
