import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { type Run, type RunEvent, runEventSchema } from './run.ts';
import type { SendRequest } from './send-request.ts';
import { ServerRequestError } from './server-request-error.ts';

export interface FollowOptions {
  readonly send: SendRequest;
  readonly path: string;
  /** Asks for the run itself, for the case that there are no events to wait for. */
  readonly run: () => Promise<Run>;
  readonly signal?: AbortSignal;
}

// A server that restarts its database is silent for a second or two; one that is gone stays silent.
const ATTEMPTS = 5;
const PAUSE_MS = 300;

interface Place {
  /** Id of the last event that arrived. */
  lastId?: string;
  /** Connections since then that brought nothing. */
  failures: number;
}

/** The events of a run until `done`, over as many connections as it takes. @throws ServerRequestError */
export async function* followRun(options: FollowOptions): AsyncGenerator<RunEvent> {
  const place: Place = { failures: 0 };
  while (place.failures <= ATTEMPTS) {
    try {
      for await (const event of oneConnection(options, place)) {
        yield event;
        if (event.type === 'done') return;
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isConnectionFault(error) || place.failures === ATTEMPTS) throw error;
    }
    place.failures += 1;
    await pause(PAUSE_MS * place.failures, options.signal);
  }
  throw connectionLost();
}

async function* oneConnection(options: FollowOptions, place: Place): AsyncGenerator<RunEvent> {
  const headers = new Headers({ Accept: 'text/event-stream' });
  if (place.lastId !== undefined) headers.set('Last-Event-ID', place.lastId);
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const response = await options.send(options.path, { headers, ...signal });
  if (response.status === 204) yield { type: 'done', run: await options.run() };
  for await (const message of messagesOf(response)) {
    place.failures = 0;
    if (message.id !== undefined) place.lastId = message.id;
    yield runEventSchema.parse(JSON.parse(message.data));
  }
}

/** A refusal is final; a connection that could not be made or broke (fetch reports a TypeError) may be made again. */
function isConnectionFault(error: unknown): boolean {
  return error instanceof ServerRequestError ? error.status === 0 : error instanceof TypeError;
}

async function* messagesOf(response: Response): AsyncGenerator<EventSourceMessage> {
  const reader = response.body?.getReader();
  if (!reader) return;
  const ready: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => ready.push(message) });
  const decoder = new TextDecoder();
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* ready.splice(0);
    }
  } finally {
    // Whoever stops listening early must not leave the connection open.
    await reader.cancel().catch((error: unknown) => {
      if (!(error instanceof Error)) throw error;
    });
  }
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

function connectionLost(): ServerRequestError {
  const response = {
    code: 'server_unreachable',
    message: 'The connection to the server breaks again and again.',
    advice: 'See whether the server still runs; the run itself goes on without listeners.',
  };
  return new ServerRequestError(response, 0);
}
