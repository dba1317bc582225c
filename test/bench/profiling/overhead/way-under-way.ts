import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { WayAnswer, WayOrder, WayRequest } from './generation.ts';
import type { Slice } from './slice.ts';

const PROGRAM = path.join(import.meta.dirname, 'way-process.ts');

/**
 * One way in a process of its own. In one process with the others it would be told what they cost: code that they share is compiled
 * for all of them, which took 50 µs more of each operation.
 */
export class WayUnderWay implements Disposable {
  readonly #child: ChildProcess;
  readonly #gone = new AbortController();

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.once('exit', (code) => {
      this.#gone.abort(new Error(`A process of the benchmark ended with code ${code}`));
    });
  }

  /** @throws when the process ends before it is ready */
  static async start(order: WayOrder): Promise<WayUnderWay> {
    const execArgv = [...process.execArgv, '--expose-gc'];
    const started = new WayUnderWay(fork(PROGRAM, [JSON.stringify(order)], { execArgv }));
    await started.#next();
    return started;
  }

  async slice(isEstimated: boolean): Promise<Slice> {
    return (await this.#asked({ isEstimated })) as Slice;
  }

  /** Operations that failed. */
  async end(): Promise<number> {
    const { faults } = (await this.#asked('end')) as { readonly faults: number };
    return faults;
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }

  #asked(request: WayRequest): Promise<WayAnswer> {
    const answer = this.#next();
    this.#child.send(request);
    return answer;
  }

  async #next(): Promise<WayAnswer> {
    const [answer] = await once(this.#child, 'message', { signal: this.#gone.signal });
    return answer as WayAnswer;
  }
}
