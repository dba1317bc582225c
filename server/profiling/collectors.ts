import { systemClock } from '../lib/clock.ts';
import type { Collector } from './collector.ts';
import { v8CpuCollector } from './v8-cpu-collector.ts';

/** Every way to record a workload; the first is the default. */
export const COLLECTORS: readonly [Collector, ...Collector[]] = [v8CpuCollector(systemClock)];
