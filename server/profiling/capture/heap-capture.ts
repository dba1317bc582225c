import type { Runtime } from 'node:inspector';
import type { OutsideHeap } from '../../protocol/outside-heap.ts';
import type { AllocationMarks } from './allocation-marks.ts';

/** Which objects of a recording are sampled: all that were allocated, or those of them that nobody has let go of. */
export type HeapObjects = 'allocated' | 'live';

/** The protocol's profile with its samples, which Node's types leave out. */
export interface SampledHeap {
  readonly head: HeapNode;
  readonly samples: readonly HeapSample[];
}

export interface HeapNode {
  readonly id: number;
  readonly callFrame: Runtime.CallFrame;
  /** Bytes that were allocated here, as all samples of the node tell together. */
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

export interface HeapSample {
  /** Bytes that the sample stands for, in whole objects: far off for one of about the sampling interval's size. */
  readonly size: number;
  readonly nodeId: number;
  /** Grows with each sample that is taken. */
  readonly ordinal: number;
}

/** What V8's sampling heap profiler recorded of this thread. */
export interface HeapCapture {
  readonly kind: 'v8-heap';
  readonly objects: HeapObjects;
  readonly heapProfile: SampledHeap;
  /** Borders between phases in the sequence of the samples. None of live objects. */
  readonly marks?: AllocationMarks;
  /** Wall clock of the start, ISO 8601. */
  readonly startedAt: string;
  /** Bytes between two samples, on average. */
  readonly samplingIntervalBytes: number;
  /** Bytes of V8's heap in use, garbage not counted. */
  readonly usedBefore: number;
  readonly usedAfter: number;
  readonly outside: OutsideHeap;
}
