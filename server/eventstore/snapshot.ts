import { InvalidOptionError } from './errors.ts';
import type { EventFilter } from './event-filter.ts';
import type { SaveMark } from './save-mark.ts';
import type { SafeSequenceNumber } from './storable-event.ts';

/** A projection's state, folded from all events of the filter up to a sequence number. */
export interface SnapshotToSave {
  /**
   * Which projection, with its version if that matters: states of different shapes are different projections. 1 to 255
   * characters.
   */
  readonly projectionType: string;
  /** The events that the state is folded from; its sequence bound does not matter. */
  readonly filter: EventFilter;
  /** `maxSequenceNumber` of the query or replay: the state holds all events up to it and none above. */
  readonly sequenceNumber: SafeSequenceNumber;
  /** JSON text. */
  readonly data: string;
  /** Of a snapshot that was loaded and is of no use: if that is still the one, it goes whatever number it has. */
  readonly replaces?: SaveMark;
}

/** A snapshot as it was saved. */
export interface Snapshot {
  readonly projectionType: string;
  /** `EventFilter.hash()` of the filter without a sequence bound. */
  readonly filterHash: string;
  readonly sequenceNumber: SafeSequenceNumber;
  /** JSON text, exactly as it was given. */
  readonly data: string;
  readonly createdAt: Date;
  readonly mark: SaveMark;
}

/** What is known of a saved snapshot without its data. */
export interface SnapshotInfo extends Omit<Snapshot, 'data' | 'mark'> {
  /** Of its data, as it is stored. */
  readonly bytes: number;
}

/** Which snapshots to delete: those that any of the given limits excludes. */
export interface SnapshotsToDelete {
  /** Saved longer ago. */
  readonly olderThanMs?: number;
  /** Besides the so many that were saved last. */
  readonly keepNewest?: number;
}

/** Long enough for any name, and far below what an index entry can hold. */
const maxProjectionTypeLength = 255;

/** @throws InvalidOptionError whose `field` is `projectionType` */
export function validProjectionType(projectionType: string): string {
  const isName =
    typeof projectionType === 'string' &&
    projectionType !== '' &&
    projectionType.length <= maxProjectionTypeLength;
  if (!isName || projectionType.includes('\0') || !projectionType.isWellFormed()) {
    throw new InvalidOptionError('The projection type of the snapshot is not a name that can be stored.', {
      advice: `Give 1 to ${maxProjectionTypeLength} characters, without NUL characters and without broken Unicode.`,
      field: 'projectionType',
    });
  }
  return projectionType;
}

/**
 * Whether the number and the data can be stored as they are. Whether the data is JSON is another matter.
 * @throws InvalidOptionError whose `field` is `sequenceNumber` or `data`
 */
export function refuseUnsavable({ sequenceNumber, data }: SnapshotToSave): void {
  if (!Number.isSafeInteger(sequenceNumber) || sequenceNumber < 0) {
    throw new InvalidOptionError(`A snapshot cannot hold the events up to number ${sequenceNumber}.`, {
      advice: 'Give the maxSequenceNumber of the query or replay that the state is folded from.',
      field: 'sequenceNumber',
    });
  }
  // Half a surrogate pair would silently become U+FFFD on the way, and the text would not come back as it was given.
  if (typeof data !== 'string' || data.includes('\0') || !data.isWellFormed()) {
    throw new InvalidOptionError('The data of the snapshot is not a text that can be stored.', {
      advice: adviceToStringify,
      field: 'data',
    });
  }
}

/** @throws InvalidOptionError whose `field` is `olderThanMs` or `keepNewest` */
export function refuseEndless({ olderThanMs, keepNewest }: SnapshotsToDelete): void {
  if (olderThanMs === undefined && keepNewest === undefined) {
    throw new InvalidOptionError('Nothing says which snapshots to delete.', {
      advice: 'Give olderThanMs, keepNewest or both.',
      field: 'olderThanMs',
    });
  }
  for (const [field, limit] of Object.entries({ olderThanMs, keepNewest })) {
    if (limit === undefined || (Number.isSafeInteger(limit) && limit >= 0)) continue;
    throw new InvalidOptionError(`${field} must be a whole number from 0 up; ${limit} was given.`, {
      advice: `Change ${field}, or leave it out.`,
      field,
    });
  }
}

export const adviceToStringify = 'Give JSON text, as JSON.stringify() makes it.';
