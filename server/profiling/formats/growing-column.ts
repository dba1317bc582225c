import type { ProfileFormatError } from '../../protocol/profile/profile-format-error.ts';

/** A column of numbers that grows while a file is read. `values` is replaced when it grows: never keep it. */
abstract class GrowingColumn<T extends Float64Array | Int32Array | Uint32Array> {
  length = 0;
  values: T;
  readonly #most: number;
  readonly #refusal: () => ProfileFormatError;

  /** Throws what `refusal` makes when it is to hold more than `most` numbers. */
  constructor(most: number, refusal: () => ProfileFormatError) {
    this.#most = most;
    this.#refusal = refusal;
    this.values = this.allocate(16);
  }

  protected abstract allocate(capacity: number): T;

  push(value: number): void {
    if (this.length === this.values.length) this.grow();
    this.values[this.length++] = value;
  }

  /** Makes room for more values; readers in a hot loop call it themselves. */
  grow(): void {
    const capacity = this.values.length;
    if (capacity >= this.#most) throw this.#refusal();
    const larger = this.allocate(Math.min(this.#most, capacity * 2));
    larger.set(this.values);
    this.values = larger;
  }
}

export class GrowingFloats extends GrowingColumn<Float64Array<ArrayBuffer>> {
  protected override allocate(capacity: number): Float64Array<ArrayBuffer> {
    return new Float64Array(capacity);
  }

  /** What was pushed, on the column's own memory. */
  filled(): Float64Array<ArrayBuffer> {
    return this.values.subarray(0, this.length);
  }
}

export class GrowingIntegers extends GrowingColumn<Int32Array<ArrayBuffer>> {
  protected override allocate(capacity: number): Int32Array<ArrayBuffer> {
    return new Int32Array(capacity);
  }

  /** What was pushed, on the column's own memory. */
  filled(): Int32Array<ArrayBuffer> {
    return this.values.subarray(0, this.length);
  }
}
