import type { SequenceNumber } from '../../eventstore/storable-event.ts';
import type { EventMark } from '../folding/event-mark.ts';

/** A saved state with the event that tells whether it is of this history. */
export interface StoredForm {
  readonly last: EventMark;
  /** As `encode` gave it. */
  readonly state: string;
}

// Read without parsing the whole: the state is parsed once, by its own projection. A change here is a new form.
const HEAD = /^\{"form":1,"last":\{"sequenceNumber":(\d+),"fingerprint":"([0-9a-f]+)"\},"state":/;

/** What comes before the text of the state, and what comes after it. */
export function storedFormAround({ sequenceNumber, fingerprint }: EventMark): [head: string, tail: string] {
  return [`{"form":1,"last":${JSON.stringify({ sequenceNumber, fingerprint })},"state":`, '}'];
}

/** Undefined when another program, or another version of this one, wrote it. */
export function readStoredForm(data: string): StoredForm | undefined {
  const match = HEAD.exec(data);
  if (!match) return undefined;
  const [head, sequenceNumber, fingerprint = ''] = match;
  return {
    last: { sequenceNumber: Number(sequenceNumber) as SequenceNumber, fingerprint },
    state: data.slice(head.length, -1),
  };
}
