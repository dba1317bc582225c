import { InvalidFilterError } from './errors.ts';
import { EventFilter } from './event-filter.ts';

/** Programs without types give anything. A filter of another copy of this package is as good as one of this copy. */
export function isFilter(given: unknown): given is EventFilter {
  if (given instanceof EventFilter) return true;
  if (typeof given !== 'object' || given === null) return false;
  return (
    'hash' in given && typeof given.hash === 'function' && 'items' in given && Array.isArray(given.items)
  );
}

/** @throws InvalidFilterError when it is none */
export function validFilter(given: EventFilter): EventFilter {
  if (isFilter(given)) return given;
  const words =
    given === undefined ? 'nothing' : given === null ? 'null' : `something of type ${typeof given}`;
  throw new InvalidFilterError(
    `The event store needs a filter that says which events are meant; ${words} was given.`,
    {
      advice: 'Give what buildEventFilter()…finalize() gives.',
      field: 'filter',
    },
  );
}
