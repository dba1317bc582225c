import type { ProfileSource, ProfileUnit } from './profile.ts';

/** The bytes E S P F, read in the machine's own byte order: data of the other order is foreign, never misread. */
export const MAGIC = new Uint32Array(new Uint8Array([0x45, 0x53, 0x50, 0x46]).buffer)[0] ?? 0;

/**
 * Raised when the meaning or order of the columns changes; older versions stay readable.
 * 2: `samples.captured` and the mean distance of samples; in 1 every row on node 0 was one without a sample.
 * 3: other sources than V8's CPU profiler, and the unit; before, everything counted microseconds.
 */
export const FORMAT_VERSION = 3;

/** Magic, version, length of the header, and four bytes kept free. */
export const PREAMBLE_BYTES = 16;

/** Columns start on multiples of the widest element, so that typed arrays can lie directly on the buffer. */
const ALIGNMENT = 8;

/** What stands as JSON between preamble and columns. */
export interface ProfileHeader {
  readonly title: string;
  readonly source: ProfileSource;
  /** Since format 3. */
  readonly unit?: ProfileUnit;
  readonly startedAt: string;
  readonly durationMicros: number;
  readonly samplingIntervalMicros: number;
  /** Since format 2. */
  readonly sampleDistanceMicros?: number;
  readonly strings: readonly string[];
  /** Rows of each table. */
  readonly rows: Readonly<Record<ProfileTable, number>>;
}

export const PROFILE_TABLES = ['frames', 'nodes', 'samples', 'operations'] as const;
export type ProfileTable = (typeof PROFILE_TABLES)[number];

/** The next offset at which a column may start. */
export function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
