import type { LaunchMessage } from '../protocol/server-status.ts';

/** Whether the editor started this process and listens on its IPC channel. */
export function hasLaunchChannel(): boolean {
  return process.send !== undefined && process.connected;
}

/** Tells the parent; does nothing where there is none. Resolves when the message is on its way. */
export async function sendLaunchMessage(message: LaunchMessage): Promise<void> {
  if (!process.send || !process.connected) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  // A parent that is gone needs no message; its `disconnect` stops this server.
  process.send(message, () => resolve());
  await promise;
}
