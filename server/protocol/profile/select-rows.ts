import type { SampleTable } from './profile.ts';

/** The rows that are marked with 1, with their times as they were. */
export function selectRows(samples: SampleTable, isKept: Uint8Array): SampleTable {
  let length = 0;
  for (let row = 0; row < isKept.length; row++) length += isKept[row] ?? 0;
  if (length === samples.length) return samples;
  const kept = {
    length,
    time: new Float64Array(length),
    duration: new Float64Array(length),
    node: new Uint32Array(length),
    operation: new Int32Array(length),
    phase: new Uint8Array(length),
    captured: new Uint8Array(length),
  };
  let at = 0;
  for (let row = 0; row < isKept.length; row++) {
    if (isKept[row] !== 1) continue;
    kept.time[at] = samples.time[row] ?? 0;
    kept.duration[at] = samples.duration[row] ?? 0;
    kept.node[at] = samples.node[row] ?? 0;
    kept.operation[at] = samples.operation[row] ?? -1;
    kept.phase[at] = samples.phase[row] ?? 0;
    kept.captured[at++] = samples.captured[row] ?? 0;
  }
  return kept;
}
