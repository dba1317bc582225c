import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { ProfilerError } from '../lib/profiler-error.ts';
import type { ErrorResponse } from '../protocol/error-response.ts';
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
  const options = { overrideGlobalObjects: false, errorHandler: answerMalformed };
  const server = createServer(getRequestListener(app.fetch, options));
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
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

/** What never becomes a request for the routes: a Host header or an address that means nothing. */
function answerMalformed(): Response {
  const fault: ErrorResponse = {
    code: 'malformed_request',
    message: 'The Host header or the address of this request cannot be understood.',
    advice: 'Use the address that the server printed when it started.',
  };
  return Response.json(fault, { status: 400 });
}

function portFault(error: Error, port: number): unknown {
  const errno = 'code' in error ? error.code : undefined;
  if (errno === 'EADDRINUSE') {
    return new PortError('port_in_use', `Port ${port} is in use by another program.`, {
      advice: 'Leave --port out for the port of the last start, or a free one; or choose another one.',
      field: 'port',
      cause: error,
    });
  }
  if (errno === 'EACCES') {
    return new PortError('port_not_allowed', `This user may not listen on port ${port}.`, {
      advice: 'Choose a port above 1023, or leave --port out for the port of the last start, or a free one.',
      field: 'port',
      cause: error,
    });
  }
  return error;
}
