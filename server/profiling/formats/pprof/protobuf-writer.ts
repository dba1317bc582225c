import { OutputSink } from '../output-sink.ts';

const VARINT = 0;
const BYTES = 2;

/** Writes one message of protocol buffers. */
export class ProtobufWriter {
  readonly sink = new OutputSink('pprof');
  readonly #encoder = new TextEncoder();

  /** A whole number from 0 on; 0 is what a missing one stands for. */
  natural(field: number, value: number): void {
    if (value === 0) return;
    this.#varint(field * 8 + VARINT);
    this.#varint(value);
  }

  text(field: number, text: string): void {
    this.#stretch(field, this.#encoder.encode(text));
  }

  message(field: number, message: ProtobufWriter): void {
    this.#stretch(field, message.sink.written());
  }

  /** A repeated field, packed. */
  naturals(field: number, values: readonly number[]): void {
    const bytes = values.reduce((sum, value) => sum + varintLength(value), 0);
    this.#varint(field * 8 + BYTES);
    this.#varint(bytes);
    for (const value of values) this.#varint(value);
  }

  #stretch(field: number, bytes: Uint8Array): void {
    this.#varint(field * 8 + BYTES);
    this.#varint(bytes.length);
    this.sink.bytes(bytes);
  }

  #varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.sink.byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.sink.byte(rest);
  }
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++;
  return length;
}
