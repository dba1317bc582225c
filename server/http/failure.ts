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
  invalid_request: 400,
  unknown_handler: 400,
  invalid_input: 400,
  invalid_setting: 400,
  attach_no_process: 400,
  attach_not_allowed: 400,
  unauthorized: 401,
  wrong_host: 403,
  wrong_origin: 403,
  unknown_route: 404,
  unknown_run: 404,
  unknown_statement: 404,
  unknown_artifact: 404,
  no_result: 404,
  result_lost: 404,
  // Of the workspace's config file and of what it names: the request is right, its time will come.
  invalid_config: 409,
  config_syntax: 409,
  config_failed: 409,
  config_no_default_export: 409,
  config_too_slow: 409,
  config_crashed: 409,
  config_database_changed: 409,
  handler_export_missing: 409,
  handler_no_function: 409,
  handler_module_not_found: 409,
  handler_module_failed: 409,
  node_too_old: 409,
  not_finished: 409,
  no_statement: 409,
  values_gone: 409,
  not_explainable: 409,
  other_database: 409,
  not_stoppable: 409,
  too_large: 413,
  not_json: 415,
  queue_full: 429,
  server_starting: 503,
  server_stopping: 503,
  disk_full: 507,
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
