import { describeError, stackOf } from '../lib/describe-error.ts';

type Step = () => Promise<unknown> | undefined;

/** Takes the steps one after the other, also those behind one that failed: a fault in one must not keep the rest open. */
export async function runAllSteps(
  steps: Readonly<Record<string, Step>>,
  log: (line: string) => void,
): Promise<void> {
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step();
    } catch (error) {
      const { code, message } = describeError(error);
      log(`${name} failed: ${code === 'internal' ? stackOf(error) : message}`);
    }
  }
}
