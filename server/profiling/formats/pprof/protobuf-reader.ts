import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/**
 * Reads one message of protocol buffers field by field, without making objects of what is not asked for. After `next`,
 * exactly one of the reading methods or `skip` must be called. Faults name the byte.
 */
export class ProtobufReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  field = 0;
  #wire = 0;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /** Steps to the next field; false at the end of the message. */
  next(): boolean {
    if (this.at >= this.end) return false;
    const tag = this.#varint();
    this.field = Math.floor(tag / 8);
    this.#wire = tag % 8;
    if (this.field < 1 || this.field >= 2 ** 29) throw this.#fault(`there is no field ${this.field}`);
    return true;
  }

  /** A whole number from 0 on that needs no more than 53 bits. `where` names it in the refusal of another one. */
  natural(where: string): number {
    const value = this.approximate();
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    const problem = value >= 2 ** 63 ? 'it is negative' : 'it is too large';
    throw new ProfileFormatError(`${where} (byte ${this.at})`, problem);
  }

  /** A number of 64 bits without its sign, exact up to 53 bits. */
  approximate(): number {
    this.#expect(VARINT);
    return this.#varint();
  }

  /** The numbers of a repeated field: packed, or the one that stands here. */
  naturals(where: string, take: (value: number) => void): void {
    if (this.#wire !== BYTES) {
      take(this.natural(where));
      return;
    }
    const packed = this.message();
    while (packed.at < packed.end) {
      packed.#wire = VARINT;
      take(packed.natural(where));
    }
  }

  /** The message that stands here. */
  message(): ProtobufReader {
    this.#expect(BYTES);
    const length = this.#varint();
    const start = this.at;
    if (length > this.end - start) {
      throw this.#fault(`${length} bytes do not fit into the ${this.end - start} that are left`);
    }
    this.at = start + length;
    return new ProtobufReader(this.bytes, start, this.at);
  }

  skip(): void {
    if (this.#wire === VARINT) this.#varint();
    else if (this.#wire === BYTES) this.message();
    else if (this.#wire === FIXED_64) this.#pass(8);
    else if (this.#wire === FIXED_32) this.#pass(4);
    else throw this.#fault(`there is no kind of value ${this.#wire}`);
  }

  #pass(length: number): void {
    if (this.at + length > this.end) throw this.#fault('the data end in the middle of a number');
    this.at += length;
  }

  #expect(wire: number): void {
    if (this.#wire !== wire)
      throw this.#fault(`field ${this.field} has a value of another kind (${this.#wire})`);
  }

  #varint(): number {
    const { bytes, end } = this;
    let value = 0;
    let factor = 1;
    for (let read = 0; read < 10; read++) {
      if (this.at >= end) throw this.#fault('the data end in the middle of a number');
      const byte = bytes[this.at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw this.#fault('a number has more than 64 bits');
  }

  #fault(problem: string): ProfileFormatError {
    return new ProfileFormatError(`byte ${this.at}`, `as pprof: ${problem}`, {
      advice: 'The file is damaged, was cut off, or is of another kind. Record the profile again.',
    });
  }
}
