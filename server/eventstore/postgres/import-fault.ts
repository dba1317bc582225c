import type { ProfilerError } from '../../lib/profiler-error.ts';
import { InvalidEventError } from '../errors.ts';
import { appendFault } from './database-fault.ts';

/** The fault of a bulk load that the database answered; of an event it names the place among all that are imported. */
export function importFault(cause: unknown): ProfilerError {
  const fault = appendFault(cause);
  const line = fault instanceof InvalidEventError ? lineOf(cause) : undefined;
  if (line === undefined) return fault;
  const what = cause instanceof Error ? cause.message : fault.message;
  return new InvalidEventError(`The database refused events[${line - 1}]: ${what}.`, {
    advice: 'Build events with buildStorableEvent(), or import them without trusting them: that says more.',
    field: `events.${line - 1}`,
    cause,
  });
}

/** From the error's context, whatever the server's language: `COPY events, line 3, column payload`. */
function lineOf(cause: unknown): number | undefined {
  if (!(cause instanceof Error) || !('where' in cause) || typeof cause.where !== 'string') return undefined;
  // Lines about the JSON come before it, with content of the event.
  const context = cause.where.split('\n').findLast((text) => text.startsWith('COPY ')) ?? '';
  const line = /^COPY \w+,\D*(\d+)/.exec(context)?.[1];
  return line === undefined ? undefined : Number(line);
}
