import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { describeError, stackOf } from '../lib/describe-error.ts';
import { ProfilerError } from '../lib/profiler-error.ts';
import type { ErrorResponse } from '../protocol/error-response.ts';

/** A request that cannot be answered because of what it says. */
export class BadRequestError extends ProfilerError {
  override readonly name = 'BadRequestError';

  constructor(fault: ErrorResponse) {
    super(fault.code, fault.message, {
      ...(fault.advice === undefined ? {} : { advice: fault.advice }),
      ...(fault.field === undefined ? {} : { field: fault.field }),
    });
  }
}

// Codes of other rooms stand here too: which HTTP status a fault has is this room's business. Not listed: 500.
const statusOfCode: Readonly<Record<string, ContentfulStatusCode>> = {
  'invalid-request': 400,
  'unknown-handler': 400,
  unauthorized: 401,
  'wrong-host': 403,
  'wrong-origin': 403,
  'unknown-route': 404,
  'unknown-run': 404,
  'unknown-artifact': 404,
  'no-result': 404,
  'result-lost': 404,
  'not-finished': 409,
  'too-large': 413,
  'not-json': 415,
  'queue-full': 429,
  'server-starting': 503,
  'server-stopping': 503,
  'disk-full': 507,
};

/** Answers with the sentence for a fault: JSON for programs, a page for a browser. Unforeseen ones go into the log. */
export function answerFailure(error: unknown, context: Context, log: (line: string) => void): Response {
  const fault = describeError(error);
  const status = statusOfCode[fault.code] ?? 500;
  if (status === 500) log(`${context.req.method} ${context.req.path}: ${stackOf(error)}`);
  if (status === 401) context.header('WWW-Authenticate', 'Bearer');
  if (context.req.header('Accept')?.includes('text/html')) return context.html(page(fault), status);
  return context.json(fault, status);
}

function page({ message, advice }: ErrorResponse): string {
  const paragraphs = [message, advice ?? ''].map((text) => `<p>${escaped(text)}</p>`).join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Event Store Profiler</title><h1>Event Store Profiler</h1>${paragraphs}</html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
