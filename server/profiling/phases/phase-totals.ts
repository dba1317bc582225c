import type { OperationTrace } from '../../protocol/operation-trace.ts';
import { PHASES, UNATTRIBUTED } from '../../protocol/phase.ts';
import type { PhaseTotal } from '../../protocol/run.ts';

/**
 * Time of all operations by phase: the phases that occurred in their order, then what lies in no phase. The totals
 * add up to the wall time of the operations, the shares to 1.
 */
export function phaseTotals(traces: readonly OperationTrace[]): PhaseTotal[] {
  const totals = new Map<string, number>();
  let wall = 0;
  let phased = 0;
  for (const trace of traces) {
    wall += trace.durationMicros;
    for (const { phase, durationMicros } of trace.phases) {
      totals.set(phase, (totals.get(phase) ?? 0) + durationMicros);
      phased += durationMicros;
    }
  }
  // The rounding of clock readings may leave less than nothing.
  if (traces.length > 0) totals.set(UNATTRIBUTED, Math.max(0, wall - phased));
  return [...PHASES, UNATTRIBUTED].flatMap((phase) => {
    const totalMicros = totals.get(phase);
    if (totalMicros === undefined) return [];
    return [{ phase, totalMicros, share: wall > 0 ? totalMicros / wall : 0 }];
  });
}
