import type { StorableEvent } from '../eventstore/storable-event.ts';
import type { Random } from '../lib/random.ts';
import type { LibraryEventPayloads, LibraryEventType } from '../library/events.ts';
import type { EventMetadata } from '../library/marshal-library-event.ts';
import type { OpeningHours } from './opening-hours.ts';
import { randomUuid } from './uuid.ts';

/** Writes down what happens, in the form in which it is stored. */
export class Chronicle {
  readonly #time: OpeningHours;
  readonly #random: Random;
  #correlationID = '';
  #written: StorableEvent[] = [];

  constructor(time: OpeningHours, random: Random) {
    this.#time = time;
    this.#random = random;
  }

  get length(): number {
    return this.#written.length;
  }

  /** What happens from now on belongs together: one visit, one delivery of books. */
  beginConversation(): void {
    this.#correlationID = randomUuid(this.#random);
  }

  happened<Type extends LibraryEventType>(eventType: Type, payload: LibraryEventPayloads[Type]): void {
    const metadata: EventMetadata = {
      MessageID: randomUuid(this.#random),
      CausationID: randomUuid(this.#random),
      CorrelationID: this.#correlationID,
    };
    // Not checked like an application's events: the content is our own, and checking would take a third of the time.
    this.#written.push({
      eventType,
      occurredAt: this.#time.pass(),
      payload: JSON.stringify(payload),
      metadata: JSON.stringify(metadata),
    });
  }

  /** Takes the first events out. */
  take(count: number): readonly StorableEvent[] {
    const taken = this.#written;
    this.#written = taken.splice(count);
    return taken;
  }
}
