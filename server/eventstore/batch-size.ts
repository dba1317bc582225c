import { InvalidEventError } from './errors.ts';
import type { StorableEvent } from './storable-event.ts';

/**
 * The driver writes arrays as one text with escapes, and makes many small strings on the way: twice 16 MB of JSON take
 * 0.7 GB of memory, twice 16 MB of quotes 2.8 GB, and eight times that end the process (Node.js 24, heap of 4 GB).
 */
const maxLength = 32 * 1024 * 1024;

/**
 * Further beyond the limit the driver would fail half-way, and nobody could tell what became of the append.
 * @param events whose payload and metadata are texts
 * @throws InvalidEventError when the texts together are longer than one append can carry
 */
export function refuseTooLarge(events: readonly StorableEvent[]): void {
  let length = 0;
  for (const { payload, metadata } of events) length += payload.length + metadata.length;
  if (length <= maxLength) return;
  throw new InvalidEventError(
    `The ${events.length} events have ${length} characters; one append carries ${maxLength}.`,
    { advice: 'Append fewer of them at once, or import them in batches.', field: 'events' },
  );
}
