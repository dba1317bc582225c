import type { PatternAnswer, PatternTester } from './pattern-tester.ts';

/** Ten thousand names take a lawful pattern some 10 ms; one that needs a hundred times as long would need a day too. */
const BUDGET_MS = 1500;

/**
 * Tests patterns in a worker, the only place from which a regular expression can be called back: one like `(a+)+$`
 * may try for years, and whatever thread it runs on does nothing else.
 */
export class PatternWorker implements PatternTester {
  #worker: Worker | null = null;
  #end: ((answer: PatternAnswer) => void) | null = null;

  async test(pattern: RegExp, texts: readonly string[]): Promise<PatternAnswer> {
    if (this.#end !== null) this.#stop('superseded');
    const worker = this.#worker ?? makeWorker();
    if (worker === null) return 'unavailable';
    this.#worker = worker;
    return await new Promise((resolve) => {
      let timer = 0;
      this.#end = (answer) => {
        clearTimeout(timer);
        this.#end = null;
        resolve(answer);
      };
      worker.onerror = () => this.#stop('unavailable');
      worker.onmessage = ({ data }: MessageEvent<unknown>) => {
        // The budget begins when the worker has: to load it may take long on a busy machine.
        if (!Array.isArray(data)) timer = window.setTimeout(() => this.#stop('too-slow'), BUDGET_MS);
        else this.#end?.(new Set(texts.filter((_, at) => data[at] === true)));
      };
      worker.postMessage({ source: pattern.source, flags: pattern.flags, texts });
    });
  }

  #stop(answer: PatternAnswer): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#end?.(answer);
  }
}

/** Null where the policy of the page forbids workers. */
function makeWorker(): Worker | null {
  // Made of text: a page of the editor may load no worker from an address.
  const url = URL.createObjectURL(new Blob([`(${answerQuestions})()`], { type: 'text/javascript' }));
  try {
    return new Worker(url);
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Runs in the worker: says that it begins, then which texts match. Must not use anything from outside of itself. */
function answerQuestions(): void {
  addEventListener(
    'message',
    ({ data }: MessageEvent<{ source: string; flags: string; texts: string[] }>) => {
      postMessage('begun');
      const pattern = new RegExp(data.source, data.flags);
      postMessage(data.texts.map((text) => pattern.test(text)));
    },
  );
}
