/** Ways to record a handler. The first one is what a profile run does when nothing else is said. */
export const COLLECTORS = [
  'v8-cpu',
  'v8-heap',
  '0x',
  'clinic-doctor',
  'clinic-flame',
  'clinic-bubbleprof',
  'clinic-heapprofiler',
] as const;

export type CollectorName = (typeof COLLECTORS)[number];
