import type { RunnableHandler } from '../workload/runnable-handler.ts';

/** A handler whose iterations count from 0 again behind those that were used up to warm it up: no input comes twice. */
export function laterInputs(handler: RunnableHandler, usedUp: number): RunnableHandler {
  const { name, kind, summary } = handler;
  return {
    name,
    kind,
    summary,
    execute: async (iteration, signal) => ({
      ...(await handler.execute(iteration + usedUp, signal)),
      iteration,
    }),
    lastInput: () => handler.lastInput?.(),
  };
}
