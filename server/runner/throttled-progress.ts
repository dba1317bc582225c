import type { ReportProgress } from './run-context.ts';

// Often enough to look alive, seldom enough not to show in a profile: a message costs some 20 µs.
const INTERVAL_MS = 150;

/** Passes on the first and the last of a step and what comes in between at intervals. */
export function throttledProgress(report: ReportProgress, now: () => number): ReportProgress {
  let lastStep: string | undefined;
  let lastTime = 0;
  return (step, done, total) => {
    const time = now();
    if (step === lastStep && done < total && time - lastTime < INTERVAL_MS) return;
    lastStep = step;
    lastTime = time;
    report(step, done, total);
  };
}
