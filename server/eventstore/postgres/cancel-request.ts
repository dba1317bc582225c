import { once } from 'node:events';
import { connect } from 'node:net';
import type pg from 'pg';

/**
 * Asks the server to cancel what the connection is doing. Resolves when the server has taken the request; the statement
 * then fails with query_canceled, unless it was faster. The server takes it without TLS and without a password.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
export async function requestCancel(client: pg.Client): Promise<void> {
  const { processID, secretKey } = client as pg.Client & BackendKey;
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(80_877_102, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  const socket = client.host.startsWith('/')
    ? connect(`${client.host}/.s.PGSQL.${client.port}`)
    : connect(client.port, client.host);
  socket.end(request);
  socket.resume();
  await once(socket, 'close');
}

/** What pg keeps from the server's BackendKeyData message and leaves out of its types. */
interface BackendKey {
  readonly processID: number;
  readonly secretKey: number;
}
