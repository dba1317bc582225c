import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { RunService } from './run-service.ts';

// Proxies and browsers drop connections that are silent for a minute or so, and a dead client shows only on a write.
const HEARTBEAT_MS = 15_000;

/** Server-sent events of one run: what happened after `Last-Event-ID` (or from the start), then what happens. */
export function answerWithEvents(context: Context, runs: RunService, id: string): Response {
  const gone = new AbortController();
  const events = runs.follow(id, context.req.header('Last-Event-ID'), gone.signal);
  // 204 tells an EventSource that there is nothing to come back for.
  if (!events) return context.body(null, 204);
  return streamSSE(context, async (stream) => {
    stream.onAbort(() => gone.abort());
    const heartbeat = setInterval(() => void stream.write(':\n\n'), HEARTBEAT_MS);
    try {
      await forward(events, stream);
    } finally {
      clearInterval(heartbeat);
      gone.abort();
    }
  });
}

async function forward(
  events: AsyncIterable<{ id: string; event: unknown }>,
  stream: SSEStreamingApi,
): Promise<void> {
  for await (const { id, event } of events) {
    await stream.writeSSE({ id, data: JSON.stringify(event) });
  }
}
