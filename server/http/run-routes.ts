import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { parseRunRequest } from '../protocol/parse-run-request.ts';
import { PROFILE_FILE } from '../protocol/run-files.ts';
import type { Environment } from './authentication.ts';
import { BadRequestError } from './failure.ts';
import { answerWithEvents } from './run-events.ts';
import type { ArtifactFile, HttpServices } from './run-service.ts';

// A run request is a few hundred bytes.
const MAX_BODY_BYTES = 64 * 1024;

/** `/api/runs` and what is below it. */
export function addRunRoutes(app: Hono<Environment>, services: HttpServices): void {
  const { runs } = services;
  const limit = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: () => {
      throw tooLarge();
    },
  });

  app.get('/api/runs', (context) => context.json(runs().list()));
  app.post('/api/runs', limit, async (context) => {
    const parsed = parseRunRequest(await jsonBody(context));
    if (!parsed.ok) throw new BadRequestError(parsed.error);
    const subject = await services.checkRequest(parsed.request);
    const run = await runs().submit(parsed.request, subject);
    return context.json(run, 202, { Location: `/api/runs/${run.id}` });
  });
  app.get('/api/runs/:id', (context) => context.json(runs().find(context.req.param('id'))));
  app.delete('/api/runs/:id', async (context) => context.json(await runs().cancel(context.req.param('id'))));
  app.post('/api/runs/:id/stop', limit, (context) =>
    context.json(runs().stopRun(context.req.param('id')), 202),
  );
  app.get('/api/runs/:id/events', (context) => answerWithEvents(context, runs(), context.req.param('id')));
  app.get('/api/runs/:id/result', async (context) =>
    context.json(await runs().result(context.req.param('id'))),
  );
  app.get('/api/runs/:id/profile', async (context) =>
    sendFile(context, await runs().artifact(context.req.param('id'), PROFILE_FILE)),
  );
  app.get('/api/runs/:id/artifacts/:name', async (context) => {
    const { id, name } = context.req.param();
    context.header('Content-Disposition', `attachment; filename="${encodeURIComponent(name)}"`);
    return sendFile(context, await runs().artifact(id, name));
  });
}

/** Only JSON: what a foreign page can send without asking first (forms, plain text) is refused. */
async function jsonBody(context: Context): Promise<unknown> {
  if (!context.req.header('Content-Type')?.startsWith('application/json')) {
    throw new BadRequestError({
      code: 'not_json',
      message: 'The body of this request is not marked as JSON.',
      advice: 'Send the header Content-Type: application/json.',
    });
  }
  try {
    return await context.req.json();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new BadRequestError({
      code: 'invalid_request',
      message: 'The body of this request is not valid JSON.',
    });
  }
}

function sendFile(context: Context, file: ArtifactFile): Response {
  context.header('Content-Type', file.mediaType);
  context.header('Content-Length', String(file.bytes));
  // The files of a run never change.
  context.header('Cache-Control', 'private, max-age=31536000, immutable');
  return context.body(Readable.toWeb(createReadStream(file.path)) as ReadableStream<Uint8Array>);
}

function tooLarge(): BadRequestError {
  return new BadRequestError({
    code: 'too_large',
    message: `The body of this request is larger than ${MAX_BODY_BYTES / 1024} KiB.`,
    advice: 'A run request has a few short fields only.',
  });
}
