import { systemClock } from '../../lib/clock.ts';
import { quartiles } from '../../lib/quartiles.ts';
import { COST_NOTE } from '../../protocol/cost-note.ts';
import type { RecordingCost } from '../../protocol/measuring-cost.ts';
import { collectorNamed } from '../capture/collectors.ts';
import { cpuSampleTimes, heapSampleTimes } from '../capture/sample-cost.ts';
import { workingSamples } from '../capture/working-samples.ts';
import { type AttachedCapture, HEAP_SAMPLE_BYTES } from './attach-and-record.ts';

/**
 * What recording cost the other process: its samples, each as expensive as one is in this process right behind the
 * recording, on the same machine. Stacks that are deeper or run on another version of Node.js cost something else.
 */
export async function attachCost(capture: AttachedCapture, signal: AbortSignal): Promise<RecordingCost> {
  const { recorded, recordedMicros } = capture;
  const collector = collectorNamed(recorded.kind, systemClock);
  const [count, times] =
    recorded.kind === 'v8-cpu'
      ? [workingSamples(recorded.cpuProfile), await cpuSampleTimes(collector, signal)]
      : [
          recorded.heapProfile.samples.length,
          await heapSampleTimes(collector, { samplingIntervalBytes: HEAP_SAMPLE_BYTES, signal }),
        ];
  const { first, median, third } = quartiles(times);
  const shareOf = (micros: number) =>
    recordedMicros > 0 ? Math.min(1, (count * micros) / recordedMicros) : 0;
  return {
    share: shareOf(median),
    shareRange: { least: shareOf(first), most: shareOf(third) },
    note: COST_NOTE,
    samples: { count, microsEach: median, microsRange: { least: first, most: third } },
  };
}
