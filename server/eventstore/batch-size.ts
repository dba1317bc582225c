import { InvalidEventError } from './errors.ts';
import type { StorableEvent } from './storable-event.ts';

/**
 * JavaScript's strings end at 2^29 characters and PostgreSQL's messages at 2^30 bytes. On the way there quotes and
 * backslashes double, and a character takes up to three bytes, so this much always fits.
 */
const maxLength = 128 * 1024 * 1024;

/**
 * Beyond the limit the driver would fail half-way, and nobody could tell what became of the append.
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
