// Below this the array is not worth cutting.
const SPENT = 1_024;

/** When those came who wait, the longest wait first. */
export class ArrivalQueue {
  #times: number[] = [];
  #head = 0;

  get length(): number {
    return this.#times.length - this.#head;
  }

  get first(): number | undefined {
    return this.#times[this.#head];
  }

  add(time: number): void {
    this.#times.push(time);
  }

  take(): number | undefined {
    const time = this.#times[this.#head];
    if (time === undefined) return undefined;
    this.#head += 1;
    // Shifting an array of a million for each of them would be the bottleneck.
    if (this.#head >= SPENT && this.#head * 2 >= this.#times.length) {
      this.#times = this.#times.slice(this.#head);
      this.#head = 0;
    }
    return time;
  }

  /** All that are left, in order. */
  takeAll(): number[] {
    const left = this.#times.slice(this.#head);
    this.#times = [];
    this.#head = 0;
    return left;
  }
}
