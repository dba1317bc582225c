import { closest } from 'fastest-levenshtein';
import { ProfilerError } from '../lib/profiler-error.ts';

/** A handler was asked for by a name that no handler has. */
export class UnknownHandlerError extends ProfilerError {
  override readonly name = 'UnknownHandlerError';

  constructor(wanted: string, available: readonly string[]) {
    const nearest = nearestTo(wanted, available);
    const guess = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
    super('unknown_handler', `There is no handler "${wanted}".${guess}`, {
      advice:
        nearest === undefined
          ? 'There are no handlers to choose from.'
          : `Choose one of: ${available.join(', ')}.`,
      field: 'handler',
    });
  }
}

function nearestTo(wanted: string, available: readonly string[]): string | undefined {
  const lowerCase = available.map((name) => name.toLowerCase());
  return available[lowerCase.indexOf(closest(wanted.toLowerCase(), lowerCase))];
}
