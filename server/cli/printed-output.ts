/** Faults of processes that may have printed why they ended. */
const PRINTED = new Set(['runner_crashed', 'runner_not_started', 'config_crashed', 'tool_crashed']);

/** How to see what such a process printed: the command line shows it only when it is asked to. Undefined for other faults. */
export function printedOutputAdvice(code: string | undefined, verbose: boolean): string | undefined {
  if (verbose || code === undefined || !PRINTED.has(code)) return undefined;
  return 'With --verbose, what the process printed is shown too; a server that was running already prints it where it was started.';
}
