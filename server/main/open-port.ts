import type { Hono } from 'hono';
import type { Environment } from '../http/authentication.ts';
import { type Listener, listen, PortError } from '../http/listen.ts';
import { AlreadyRunningError, findRunningServer } from './server-lock.ts';

export interface PortChoice {
  /** Asked for: this one or none; 0 for a free one. */
  readonly port: number | undefined;
  /** That of the last server: this one or a free one. */
  readonly keptPort: number | undefined;
  /** Where a server of the workspace that runs already is written down. */
  readonly serverFile: string;
}

/** @throws PortError, AlreadyRunningError */
export async function openPort(
  app: Hono<Environment>,
  { port, keptPort, serverFile }: PortChoice,
): Promise<Listener> {
  try {
    return await listen(app, port ?? keptPort ?? 0);
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    if (port === undefined) return await listen(app, 0);
    // A second start with the same fixed port: that the workspace is served already is the better answer.
    const other = await findRunningServer(serverFile);
    throw other ? new AlreadyRunningError(other, serverFile) : error;
  }
}
