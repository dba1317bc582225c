import type { Clock } from '../../lib/clock.ts';
import { ProfilerError } from '../../lib/profiler-error.ts';
import type { CollectorName } from '../../protocol/collector-name.ts';
import type { Collector } from './collector.ts';
import { v8CpuCollector } from './v8-cpu-collector.ts';
import { v8HeapCollector } from './v8-heap-collector.ts';

/** The registry: every collector that records the process it runs in. Those that start a process of their own are elsewhere. */
function collectors(clock: Clock): readonly Collector[] {
  return [v8CpuCollector(clock), v8HeapCollector(clock)];
}

/** @throws CollectorUnavailableError for one that does not record this process */
export function collectorNamed(name: CollectorName, clock: Clock): Collector {
  const found = collectors(clock).find((collector) => collector.name === name);
  if (found !== undefined) return found;
  throw new CollectorUnavailableError(name);
}

class CollectorUnavailableError extends ProfilerError {
  override readonly name = 'CollectorUnavailableError';

  constructor(collector: CollectorName) {
    super('collector_unavailable', `The collector ${collector} cannot record this process.`, {
      advice: 'Choose v8-cpu or v8-heap.',
    });
  }
}
