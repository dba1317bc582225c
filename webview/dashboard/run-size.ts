import type { RunRequest } from '../../server/protocol/run.ts';
import { counted, formatCount } from '../format.ts';

/**
 * How much a run is or was, in words.
 * @param done operations that were recorded; undefined while nobody knows
 */
export function runSize(request: RunRequest, done: number | undefined): string {
  if (request.kind === 'simulation') {
    return `${formatCount(request.rate)}/s for ${formatCount(request.durationSeconds)} s`;
  }
  return request.kind === 'profile' ? profileSize(request, done) : '';
}

function profileSize(
  { stop, iterations }: Extract<RunRequest, { kind: 'profile' }>,
  done: number | undefined,
): string {
  const isCounted = stop === undefined || stop.kind === 'iterations';
  if (!isCounted && done !== undefined) return counted(done, 'operation', 'operations');
  switch (stop?.kind) {
    case 'duration':
      return `for ${formatCount(stop.seconds)} s`;
    case 'manual':
      return 'until stopped';
    case 'slower-than':
      return `until one takes ${formatCount(stop.millis)} ms`;
    default: {
      const asked = counted(iterations, 'iteration', 'iterations');
      return done === undefined || done === iterations ? asked : `${formatCount(done)} of ${asked}`;
    }
  }
}
