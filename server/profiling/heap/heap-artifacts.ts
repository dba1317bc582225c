import type { AllocationReport } from '../../protocol/allocation-report.ts';
import type { OperationTrace } from '../../protocol/operation-trace.ts';
import type { Profile } from '../../protocol/profile/profile.ts';
import type { HeapCapture } from '../capture/heap-capture.ts';
import { phaseTotals } from '../phases/phase-totals.ts';
import { loadSourceMapping, type TextThatRan } from '../sources/source-mapping.ts';
import { stacksToProfile } from '../stacks-to-profile.ts';
import { byteTraces } from './byte-traces.ts';
import { heapToStacks } from './heap-to-stacks.ts';
import { writeHeapProfile } from './write-heapprofile.ts';

export interface HeapWorkload {
  readonly capture: HeapCapture;
  /** On the clock of the capture's marks. */
  readonly traces: readonly OperationTrace[];
  readonly title: string;
  readonly textThatRan?: TextThatRan;
  readonly log?: (message: string) => void;
}

export interface HeapArtifacts {
  /** In bytes. */
  readonly profile: Profile;
  /** The text of a `.heapprofile`. */
  readonly heapProfileJson: string;
  readonly allocations: AllocationReport;
}

/** Everything that comes of sampling a workload's heap. Throws `TraceMismatchError` for traces of another recording. */
export async function buildHeapArtifacts(workload: HeapWorkload): Promise<HeapArtifacts> {
  const { capture, title, textThatRan, log } = workload;
  const heap = heapToStacks(capture);
  const { stacks } = heap;
  const traces = capture.marks === undefined ? [] : byteTraces(workload.traces, capture.marks.times, heap);
  const mapping = await loadSourceMapping(stacks.callFrames, {
    ...(textThatRan && { textThatRan }),
    ...(log && { log }),
  });
  const { startedAt, samplingIntervalBytes, objects, usedBefore, usedAfter, outside } = capture;
  const facts = { title, startedAt, traces, mapping };
  return {
    profile: stacksToProfile(stacks, {
      ...facts,
      source: 'v8-heap',
      unit: 'bytes',
      samplingIntervalMicros: samplingIntervalBytes,
    }),
    heapProfileJson: writeHeapProfile(stacks, { ...facts, samplingIntervalBytes }),
    allocations: {
      objects,
      bytes: stacks.endMicros,
      operationBytes: traces.reduce((sum, { durationMicros }) => sum + durationMicros, 0),
      byPhase: phaseTotals(traces).map(({ phase, totalMicros, share }) => ({
        phase,
        bytes: totalMicros,
        share,
      })),
      samplingIntervalBytes,
      markBytes: capture.marks?.bytes ?? 0,
      usedBefore,
      usedAfter,
      outside,
    },
  };
}
