import { isBuilt } from '../built-events.ts';
import { parsedObjectText, refuseBrokenUnicode } from '../json-object-text.ts';
import type { JsonValidation } from '../json-validation.ts';
import { refuseUnstorable, type StorableEvent } from '../storable-event.ts';

/**
 * Refuses what buildStorableEvent() did not make and cannot be stored. In `trusted` the texts are the database's to check.
 * @param first the place of the batch's first event among all that are imported, from 0
 * @throws InvalidEventError whose `field` is such as `events.12345.payload`
 */
export function refuseUnimportable(
  events: readonly StorableEvent[],
  first: number,
  mode: JsonValidation,
): void {
  refuseUnstorable(events, first);
  const refuse = mode === 'trusted' ? refuseBrokenUnicode : parsedObjectText;
  for (const [place, event] of events.entries()) {
    if (isBuilt(event)) continue;
    const index = first + place;
    refuse(event.payload, { part: 'payload', index });
    refuse(event.metadata, { part: 'metadata', index });
  }
}
