import type { PlacedPause } from '../protocol/gc-pause.ts';
import type { OperationTrace } from '../protocol/operation-trace.ts';
import { GC_PAUSES_FILE } from '../protocol/run-files.ts';
import type { RunFile } from './write-run-files.ts';

/** Times count from the first operation. */
export function gcPausesFile(pauses: readonly PlacedPause[], traces: readonly OperationTrace[]): RunFile {
  const origin = traces[0]?.startMicros ?? 0;
  const placed = pauses.map((pause) => ({ ...pause, startMicros: pause.startMicros - origin }));
  return {
    name: GC_PAUSES_FILE,
    mediaType: 'application/json',
    data: `${JSON.stringify({ version: 1, pauses: placed }, null, 2)}\n`,
  };
}
