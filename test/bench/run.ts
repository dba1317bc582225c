import { benchmarkEventStore } from './eventstore.ts';
import { benchmarkLayouts } from './eventstore-layouts.ts';
import { benchmarkProfiling } from './profiling.ts';
import { benchmarkSeeding } from './seeding.ts';
import { benchmarkSnapshots } from './snapshots.ts';
import { benchmarkStart } from './start.ts';

/** `npm run bench -- <name>`: each prints its figures and writes them as JSON under `.eventstore-profiler/bench/`. */
const BENCHMARKS: Readonly<Record<string, () => Promise<void>>> = {
  eventstore: benchmarkEventStore,
  'eventstore-layouts': benchmarkLayouts,
  profiling: benchmarkProfiling,
  seeding: benchmarkSeeding,
  snapshots: benchmarkSnapshots,
  start: benchmarkStart,
};

const name = process.argv[2];
const benchmark = name === undefined ? undefined : BENCHMARKS[name];
if (!benchmark) {
  console.error(
    `Which benchmark? One of: ${Object.keys(BENCHMARKS).join(', ')}. Example: npm run bench -- start`,
  );
  process.exit(2);
}
await benchmark();
