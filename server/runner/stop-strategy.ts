import type { ProfileRequest, StoppedBy } from '../protocol/run.ts';

/** How a recording has gone so far. */
export interface Sofar {
  /** Operations recorded. */
  readonly done: number;
  /** Wall time since the first of them began. */
  readonly elapsedMicros: number;
}

/** When a recording is long enough. Asked behind each operation, never within one. */
export interface StopStrategy {
  /** Why the recording ends behind the operation that has just been recorded; undefined while it goes on. */
  verdict(lastMicros: number, sofar: Sofar): StoppedBy | undefined;
  /** How much of the way is done: operations or seconds; a total of 0 where nobody can know. */
  progress(sofar: Sofar): { readonly done: number; readonly total: number };
}

/** What a request asks for. */
export function stopStrategyOf({
  stop,
  iterations,
}: Pick<ProfileRequest, 'stop' | 'iterations'>): StopStrategy {
  switch (stop?.kind) {
    case undefined:
    case 'iterations':
      return afterIterations(iterations);
    case 'duration':
      return afterSeconds(stop.seconds, 'duration');
    case 'manual':
      return afterSeconds(stop.maxSeconds, 'max-seconds');
    case 'slower-than':
      return whenSlowerThan(stop.millis, stop.maxSeconds);
  }
}

function afterIterations(iterations: number): StopStrategy {
  return {
    verdict: (_, { done }) => (done >= iterations ? 'iterations' : undefined),
    progress: ({ done }) => ({ done, total: iterations }),
  };
}

function afterSeconds(seconds: number, reason: StoppedBy): StopStrategy {
  return {
    verdict: (_, { elapsedMicros }) => (elapsedMicros >= seconds * 1e6 ? reason : undefined),
    // Whole seconds, as a clock shows them; the total is one that they reach.
    progress: ({ elapsedMicros }) => ({
      done: Math.min(Math.floor(elapsedMicros / 1e6), Math.ceil(seconds)),
      total: Math.ceil(seconds),
    }),
  };
}

function whenSlowerThan(millis: number, maxSeconds: number): StopStrategy {
  const bound = afterSeconds(maxSeconds, 'max-seconds');
  return {
    verdict: (lastMicros, sofar) =>
      lastMicros > millis * 1000 ? 'slow-operation' : bound.verdict(lastMicros, sofar),
    progress: bound.progress,
  };
}
