import { ProfilerError } from '../../lib/profiler-error.ts';

/** The largest file that is written: larger ones no viewer opens. */
const MAX_BYTES = 2 ** 30;

/** A profile that would become too large a file in the format that was asked for. */
export class ProfileTooLargeError extends ProfilerError {
  override readonly name = 'ProfileTooLargeError';

  constructor(format: string, cause?: unknown) {
    super('profile_too_large', `As ${format} the profile would be larger than a file can be.`, {
      advice: 'Choose another format (collapsed stacks are the smallest), or record for a shorter time.',
      cause,
    });
  }
}

/** Bytes that are written one after the other. Throws `ProfileTooLargeError` beyond 1 GiB. */
export class OutputSink {
  length = 0;
  #bytes = new Uint8Array(256);
  readonly #format: string;
  readonly #encoder = new TextEncoder();

  constructor(format: string) {
    this.#format = format;
  }

  text(text: string): void {
    // No character needs more than three bytes for each of its units.
    this.#reserve(text.length * 3);
    this.length += this.#encoder.encodeInto(text, this.#bytes.subarray(this.length)).written;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.length++] = value;
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Starts again, on the same memory. */
  clear(): void {
    this.length = 0;
  }

  /** What was written, on the sink's own memory. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  #reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.#bytes.length) return;
    if (needed > MAX_BYTES) throw new ProfileTooLargeError(this.#format);
    const larger = new Uint8Array(Math.min(MAX_BYTES, Math.max(needed, this.#bytes.length * 2)));
    larger.set(this.written());
    this.#bytes = larger;
  }
}
