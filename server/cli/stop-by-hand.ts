/** How a run is stopped whose recording ends when somebody says so: by Enter, or by the first Ctrl+C. */
export class StopByHand implements Disposable {
  #stop: (() => void) | undefined;
  readonly #onInput = (text: Buffer | string) => {
    if (String(text).includes('\n')) this.interrupted();
  };

  /** From now on the run can be stopped, once. */
  arm(stop: () => void): void {
    this.#stop = stop;
    process.stdin.on('data', this.#onInput);
    // Waiting for Enter must not keep the program alive.
    process.stdin.unref?.();
  }

  /** Stops the run; false when there is nothing to stop, or it is stopping already. */
  interrupted(): boolean {
    const stop = this.#stop;
    this.#stop = undefined;
    stop?.();
    return stop !== undefined;
  }

  [Symbol.dispose](): void {
    this.#stop = undefined;
    process.stdin.off('data', this.#onInput);
    process.stdin.pause();
  }
}
