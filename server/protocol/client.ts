import * as z from 'zod';
import { browserAddressSchema } from './browser-address.ts';
import { followRun } from './follow-run.ts';
import { type HandlerInfo, handlerInfoSchema } from './handler-info.ts';
import {
  type Run,
  type RunEvent,
  type RunResult,
  type runRequestSchema,
  runResultSchema,
  runSchema,
} from './run.ts';
import { requestSender, type ServerAddress } from './send-request.ts';
import { type ServerStatus, serverStatusSchema } from './server-status.ts';

/** A run request as a face writes it: fields with a default may be left out. */
export type RunOrder = z.input<typeof runRequestSchema>;

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** The server's interface as functions. Every method throws ServerRequestError, or the reason of an aborted signal. */
export interface ServerClient {
  status(options?: CallOptions): Promise<ServerStatus>;
  handlers(options?: CallOptions): Promise<HandlerInfo[]>;
  runs(options?: CallOptions): Promise<Run[]>;
  createRun(order: RunOrder, options?: CallOptions): Promise<Run>;
  run(id: string, options?: CallOptions): Promise<Run>;
  /** Resolves when the run is over. */
  cancelRun(id: string, options?: CallOptions): Promise<Run>;
  /** Lets a running profile end what it does and succeed with what it has; `followRun` tells when. */
  stopRun(id: string, options?: CallOptions): Promise<Run>;
  /** What happened in a run so far, then what happens, `done` being the last. Reconnects when the connection breaks. */
  followRun(id: string, options?: CallOptions): AsyncIterable<RunEvent>;
  result(id: string, options?: CallOptions): Promise<RunResult>;
  /** The encoded profile model, see `decodeProfile`. */
  profile(id: string, options?: CallOptions): Promise<ArrayBuffer>;
  artifact(id: string, name: string, options?: CallOptions): Promise<ArrayBuffer>;
  /** A full address that lets a browser in, once and within a minute. It holds no token, so others may read it. */
  browserAddress(options?: CallOptions): Promise<string>;
  /** Asks the server to stop; it answers before it has. */
  stop(options?: CallOptions): Promise<ServerStatus>;
}

/** A client for Node, the editor and the browser. */
export function createServerClient(address: ServerAddress): ServerClient {
  const send = requestSender(address);
  const json = async <T>(schema: z.ZodType<T>, path: string, init: RequestInit): Promise<T> =>
    schema.parse(await (await send(path, init)).json());
  const bytes = async (path: string, init: RequestInit) => await (await send(path, init)).arrayBuffer();
  const runPath = (id: string, rest = '') => `/api/runs/${encodeURIComponent(id)}${rest}`;
  const client: ServerClient = {
    status: (call) => json(serverStatusSchema, '/api/status', init(call)),
    handlers: (call) => json(z.array(handlerInfoSchema), '/api/handlers', init(call)),
    runs: (call) => json(z.array(runSchema), '/api/runs', init(call)),
    createRun: (order, call) => json(runSchema, '/api/runs', post(order, call)),
    run: (id, call) => json(runSchema, runPath(id), init(call)),
    cancelRun: (id, call) => json(runSchema, runPath(id), { ...init(call), method: 'DELETE' }),
    stopRun: (id, call) => json(runSchema, runPath(id, '/stop'), post({}, call)),
    followRun: (id, call) =>
      followRun({ send, path: runPath(id, '/events'), run: () => client.run(id, call), ...call }),
    result: (id, call) => json(runResultSchema, runPath(id, '/result'), init(call)),
    profile: (id, call) => bytes(runPath(id, '/profile'), init(call)),
    artifact: (id, name, call) => bytes(runPath(id, `/artifacts/${encodeURIComponent(name)}`), init(call)),
    browserAddress: async (call) =>
      address.url + (await json(browserAddressSchema, '/api/browser-code', post({}, call))).url,
    stop: (call) => json(serverStatusSchema, '/api/stop', post({}, call)),
  };
  return client;
}

function init(call: CallOptions | undefined): RequestInit {
  return call?.signal === undefined ? {} : { signal: call.signal };
}

function post(body: unknown, call: CallOptions | undefined): RequestInit {
  const headers = { 'Content-Type': 'application/json' };
  return { ...init(call), method: 'POST', headers, body: JSON.stringify(body) };
}
