import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** The name of a function that is compiled to note the time in V8's log. */
export function markName(mark: number): string {
  return `__eventstore_profiler_mark_${mark}__`;
}

const CREATED = /^code-creation,[^,]*,[^,]*,(\d+),[^,]*,[^,]*,__eventstore_profiler_mark_(\d+)__/;

/** When the functions of `markName` were compiled, in microseconds on the log's clock, by their number. */
export async function readMarks(log: string, signal: AbortSignal): Promise<Map<number, number>> {
  const marks = new Map<number, number>();
  for await (const line of createInterface({
    input: createReadStream(log),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    signal.throwIfAborted();
    const [, micros, mark] = CREATED.exec(line) ?? [];
    // Its first compilation is the one that was timed.
    if (mark !== undefined && !marks.has(Number(mark))) marks.set(Number(mark), Number(micros));
  }
  return marks;
}
