import type { OperationRecord } from '../handling/recording/operation-record.ts';

/*
 * V8 cannot hold a text of more than 512 MB, and the profile is written as one text of JSON. Half of it leaves room for
 * the call tree and keeps what is open in memory near 1 GB; viewers give up long before.
 */
const BUDGET_BYTES = 256 * 1024 * 1024;

// Of the JSON of a `.cpuprofile`, rounded up: a span is its phase and two numbers of up to 17 digits; a sample is a node and a time.
const BYTES_PER_OPERATION = 300;
const BYTES_PER_SPAN = 100;
const BYTES_PER_SAMPLE = 14;

/** How much of the room for one recording is taken. */
export interface Budget {
  add(record: OperationRecord): void;
  /** 0 to 1 and more; at 1 nothing should be added. */
  readonly used: number;
}

/** How much of the room for one CPU profile is taken, as operations are recorded. */
export class RecordingBudget implements Budget {
  readonly #limit: number;
  readonly #samplingIntervalMicros: number;
  #bytes = 0;

  constructor(samplingIntervalMicros: number, limit: number = BUDGET_BYTES) {
    this.#limit = limit;
    this.#samplingIntervalMicros = samplingIntervalMicros;
  }

  add({ phases, durationMicros }: OperationRecord): void {
    const samples = durationMicros / this.#samplingIntervalMicros;
    this.#bytes += BYTES_PER_OPERATION + phases.length * BYTES_PER_SPAN + samples * BYTES_PER_SAMPLE;
  }

  get used(): number {
    return this.#bytes / this.#limit;
  }
}
