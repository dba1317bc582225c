/**
 * The named parts of one operation, in the order in which an operation usually passes through them.
 * The position of a phase in this list is its stored index in profiles: append, never reorder.
 */
export const PHASES = [
  'filter_build',
  'sql_build',
  'connection_acquire',
  'sql_execute',
  'row_decode',
  'unmarshal',
  'decide',
  'project',
  'marshal',
  'append',
  'snapshot_load',
  'snapshot_decode',
  'snapshot_encode',
  'snapshot_save',
] as const;

export type Phase = (typeof PHASES)[number];

/** Shown wherever time of an operation lies in no phase. */
export const UNATTRIBUTED = 'unattributed';

/** Index stored for time that lies in no phase. */
export const NO_PHASE = 255;
