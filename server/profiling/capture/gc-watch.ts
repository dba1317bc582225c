import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../lib/clock.ts';
import type { GcKind, GcPause } from '../../protocol/gc-pause.ts';

/** A watch over garbage collection. Disposing of one that was not stopped ends it. */
export interface GcWatch extends Disposable {
  /** The pauses since the start, in order of time. */
  stop(): Promise<GcPause[]>;
}

/** Notes each pause that V8 makes in this thread to collect garbage, on the clock's axis. It costs some 10 µs per pause. */
export function watchGc(clock: Clock): GcWatch {
  const pauses: GcPause[] = [];
  const offset = clock.monotonicMicros() - performance.now() * 1e3;
  const startMicros = clock.monotonicMicros();
  const take = (entries: readonly PerformanceEntry[]) => {
    for (const entry of entries) pauses.push(pauseOf(entry, offset));
  };
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return {
    async stop() {
      // Node.js tells of a pause in a later turn of the event loop, and those who observe in one behind that.
      await turn();
      await turn();
      take(observer.takeRecords());
      observer.disconnect();
      return pauses
        .filter((pause) => pause.startMicros >= startMicros)
        .toSorted((a, b) => a.startMicros - b.startMicros);
    },
    [Symbol.dispose]: () => observer.disconnect(),
  };
}

const KINDS = new Map<number, GcKind>([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weak-callbacks'],
]);

function pauseOf(entry: PerformanceEntry, offset: number): GcPause {
  const { startTime, duration, detail } = entry as PerformanceEntry & { readonly detail?: { kind?: number } };
  return {
    startMicros: startTime * 1e3 + offset,
    durationMicros: duration * 1e3,
    // V8's minor mark-compact has a number without a name in Node.js.
    kind: KINDS.get(detail?.kind ?? 0) ?? 'minor',
  };
}
