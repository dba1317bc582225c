import { memoryUsage } from 'node:process';
import { getHeapStatistics } from 'node:v8';
import type { OutsideHeap } from '../../protocol/outside-heap.ts';

/** A look takes some µs and makes an object of 200 B, which the samples would show. */
const LOOK_EVERY_MICROS = 5_000;

/**
 * Watches the memory that belongs to objects of the heap and lies outside of it: what Buffers and ArrayBuffers hold, and
 * what native code keeps for its wrappers. V8's samples do not see it.
 */
export class OutsideHeapWatch {
  readonly #before = usedOutside();
  #peak = this.#before.external;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** To be called again and again; most calls do nothing. What is made and let go of between two looks is missed. */
  look(micros: number): void {
    if (micros - this.#lookedAt < LOOK_EVERY_MICROS) return;
    this.#lookedAt = micros;
    this.#peak = Math.max(this.#peak, getHeapStatistics().external_memory);
  }

  /** To be called when garbage has been collected, as before the watch was made. */
  end(): OutsideHeap {
    const after = usedOutside();
    return { before: this.#before, after, peak: Math.max(this.#peak, after.external) };
  }
}

function usedOutside() {
  const { external, arrayBuffers } = memoryUsage();
  return { external, arrayBuffers };
}
