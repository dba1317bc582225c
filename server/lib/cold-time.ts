// More than the second level of most processors' caches.
const memory = new Float64Array(128 * 1024);
const LINE = 8;

/**
 * Microseconds that a piece of work takes when others have used the processor's caches since it was last done: that is how
 * handlers find what watches them. In a loop of nothing else it would take a third of it.
 */
export async function coldMicros(work: () => unknown): Promise<number> {
  for (let at = 0; at < memory.length; at += LINE) memory[at] = (memory[at] ?? 0) + 1;
  const start = performance.now();
  const result = work();
  if (result instanceof Promise) await result;
  return (performance.now() - start) * 1e3;
}
