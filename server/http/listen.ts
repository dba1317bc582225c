import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { ProfilerError } from '../lib/profiler-error.ts';
import type { Environment } from './authentication.ts';

const HOST = '127.0.0.1';

export interface Listener {
  /** Address of the page without token, `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  /** Closes the port and every connection. */
  close(): Promise<void>;
}

/** The port cannot be listened on. */
export class PortError extends ProfilerError {
  override readonly name = 'PortError';
}

/** Listens on this machine's loopback address only. @param port 0 for a free one @throws PortError */
export async function listen(app: Hono<Environment>, port: number): Promise<Listener> {
  // Hono's own Request and Response are faster, but replacing the globals of the process would reach further than this room.
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error) => reject(portFault(error, port)));
  server.listen(port, HOST, resolve);
  await promise;
  const address = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${address.port}`,
    port: address.port,
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed.promise;
    },
  };
}

function portFault(error: Error, port: number): unknown {
  const errno = 'code' in error ? error.code : undefined;
  if (errno === 'EADDRINUSE') {
    return new PortError('port_in_use', `Port ${port} is in use by another program.`, {
      advice: 'Leave --port out to get a free port, or choose another one.',
      field: 'port',
      cause: error,
    });
  }
  if (errno === 'EACCES') {
    return new PortError('port_not_allowed', `This user may not listen on port ${port}.`, {
      advice: 'Choose a port above 1023, or leave --port out to get a free one.',
      field: 'port',
      cause: error,
    });
  }
  return error;
}
