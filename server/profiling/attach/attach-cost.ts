import { systemClock } from '../../lib/clock.ts';
import type { RecordingCost } from '../../protocol/measuring-cost.ts';
import { collectorNamed } from '../capture/collectors.ts';
import { cpuSampleCost, heapSampleCost } from '../capture/sample-cost.ts';
import { type AttachedCapture, HEAP_SAMPLE_BYTES } from './attach-and-record.ts';

/**
 * What recording cost the other process: its samples, each as expensive as one is in this process right behind the
 * recording, on the same machine. Stacks that are deeper or run on another version of Node.js cost something else.
 */
export async function attachCost(capture: AttachedCapture, signal: AbortSignal): Promise<RecordingCost> {
  const { recorded, recordedMicros } = capture;
  const collector = collectorNamed(recorded.kind, systemClock);
  const samples =
    recorded.kind === 'v8-cpu'
      ? {
          count: recorded.cpuProfile.samples?.length ?? 0,
          microsEach: await cpuSampleCost(collector, signal),
        }
      : {
          count: recorded.heapProfile.samples.length,
          microsEach: await heapSampleCost(collector, { samplingIntervalBytes: HEAP_SAMPLE_BYTES, signal }),
        };
  const micros = samples.count * samples.microsEach;
  return { share: recordedMicros > 0 ? Math.min(1, micros / recordedMicros) : 0, samples };
}
