import { errorResponseSchema } from './error-response.ts';
import { ServerRequestError } from './server-request-error.ts';

export interface ServerAddress {
  /** `http://127.0.0.1:<port>`; empty for the page, which has the server as its origin. */
  readonly url: string;
  /** Absent in the page: there a cookie carries it. */
  readonly token?: string;
}

/** Sends one request. @throws ServerRequestError for every answer that is not one of success, and for none */
export type SendRequest = (path: string, init?: RequestInit) => Promise<Response>;

export function requestSender({ url, token }: ServerAddress): SendRequest {
  return async (path, init = {}) => {
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
    let response: Response;
    try {
      response = await fetch(`${url}${path}`, { ...init, headers });
    } catch (error) {
      init.signal?.throwIfAborted();
      throw unreachable(url, error);
    }
    if (!response.ok) throw await refusal(response);
    return response;
  };
}

async function refusal(response: Response): Promise<ServerRequestError> {
  const text = await response.text();
  const parsed = errorResponseSchema.safeParse(parsedJson(text));
  if (parsed.success) return new ServerRequestError(parsed.data, response.status);
  const message = `The server answered with HTTP status ${response.status}.`;
  return new ServerRequestError({ code: 'unexpected_answer', message }, response.status);
}

/** Undefined for what is no JSON: another program may listen on the port. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function unreachable(url: string, cause: unknown): ServerRequestError {
  const response = {
    code: 'server_unreachable',
    message: `The server${url === '' ? '' : ` at ${url}`} does not answer.`,
    advice: 'Start it with "eventstore-profiler start".',
  };
  return new ServerRequestError(response, 0, cause);
}
