import { blocked, type Stretch } from './control-watch.ts';
import { WorkloadError } from './workload-error.ts';

const BEAT_MS = 250;

/** Behind the limit: beats come every half second, and what a tool does in the thread of the handler is no fault of it. */
const GRACE_MS = 3_000;

export interface ToolWatchOptions {
  readonly handler: string;
  /** Ends the tool and the workload. */
  readonly fail: (fault: WorkloadError) => void;
}

/**
 * Ends a workload under a tool when the user's code keeps its thread to itself for longer than it may. It counts its own
 * looks and not the clock, so that a machine that slept is no fault of the handler.
 */
export class ToolWatch implements Disposable {
  readonly #options: ToolWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #stretch: Stretch | null = null;
  #limitMs = 0;
  #looks = 0;

  constructor(options: ToolWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), BEAT_MS);
  }

  /** The event loop of the workload turns. */
  beat(): void {
    this.#looks = 0;
  }

  watched(stretch: Stretch | null, limitMs: number): void {
    this.#stretch = stretch;
    this.#limitMs = limitMs;
    this.beat();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    this.#looks += 1;
    if (this.#stretch === null || this.#looks * BEAT_MS < this.#limitMs + GRACE_MS) return;
    const { handler, fail } = this.#options;
    // These two are told of as one.
    const who = this.#stretch === 'execution' ? `${handler}, or what makes its input,` : handler;
    const { message, ...fault } = blocked(this.#stretch, who);
    this.#stretch = null;
    fail(new WorkloadError({ ...fault, message: message.replace('{limit}', `${this.#limitMs / 1000} s`) }));
  }
}
