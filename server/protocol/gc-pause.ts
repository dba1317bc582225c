/** `minor`: of young objects; `major`: of all; `incremental`: a step of a major one; `weak-callbacks`: telling who waits for objects to go. */
export const GC_KINDS = ['minor', 'major', 'incremental', 'weak-callbacks'] as const;

/** One pause. */
export interface GcPause {
  readonly startMicros: number;
  readonly durationMicros: number;
  readonly kind: GcKind;
}

/**
 * A pause in the file of all pauses, with its place: `operation` is an index into the operations in order of time, absent
 * between them.
 */
export interface PlacedPause extends GcPause {
  readonly operation?: number;
  readonly phase?: string;
}

export type GcKind = (typeof GC_KINDS)[number];
