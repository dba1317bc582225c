import { say } from './alone-messages.ts';
import type { Stretch, Watch } from './control-watch.ts';

const BEAT_MS = 500;

/**
 * Tells the process that has started the tool what of the user's code is executed, and that the event loop turns. A
 * thread of our own, as beside other recordings, would be recorded by the tool. Executions and their inputs are told
 * of once: a line for each would be in the tool's picture.
 */
export class ToldWatch implements Watch {
  readonly #timer = setInterval(() => say({ type: 'beat' }), BEAT_MS).unref();
  #told: Stretch | null = null;

  begin(stretch: Stretch, limitMs: number): void {
    const told = stretch === 'input' ? 'execution' : stretch;
    if (told === this.#told) return;
    this.#told = told;
    // A promise that never settles keeps no process alive, and nobody would be there to give it up.
    this.#timer.ref();
    say({ type: 'watched', stretch: told, limitMs });
  }

  end(): void {
    if (this.#told !== 'execution') this.rest();
  }

  rest(): void {
    if (this.#told === null) return;
    this.#told = null;
    this.#timer.unref();
    say({ type: 'watched', stretch: null, limitMs: 0 });
  }

  [Symbol.dispose](): void {
    this.rest();
    clearInterval(this.#timer);
  }
}
