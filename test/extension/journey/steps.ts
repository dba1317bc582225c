import type { TestContext } from 'node:test';

/** A step of a journey: a sentence and what is done. */
export type Step = (sentence: string, work: () => Promise<void>) => Promise<void>;

/**
 * Reports each step of one journey as a test of its own. A step stands on the ones before it, so the journey ends with
 * the first that fails. `onFailure` is told its sentence.
 */
export function stepsOf(test: TestContext, onFailure: (sentence: string) => Promise<void>): Step {
  return async (sentence, work) => {
    let failed = false;
    await test.test(sentence, async () => {
      try {
        await work();
      } catch (error) {
        failed = true;
        await onFailure(sentence);
        throw error;
      }
    });
    if (failed) throw new Error(`The journey ended where a person ${sentence}.`);
  };
}
