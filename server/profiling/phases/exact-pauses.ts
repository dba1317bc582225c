import type { GcPause } from '../../protocol/gc-pause.ts';
import type { SampleTable } from '../../protocol/profile/profile.ts';

export interface ExactPauses {
  /** In order of their beginning, on the clock of the rows. */
  readonly pauses: readonly Pick<GcPause, 'startMicros' | 'durationMicros'>[];
  /** Of garbage collection. */
  readonly node: number;
}

/**
 * The rows with garbage collection for exactly as long as the pauses lasted: rows are cut at their borders. A sample stands for
 * the time until the next one, which made 130 ms of pauses 160 ms on a busy machine. What a row of garbage collection has
 * beyond them belongs to what was seen next in the same phase of the same operation, or before it.
 */
export function exactPauses(rows: SampleTable, { pauses, node: gc }: ExactPauses): SampleTable {
  const apart = disjoint(pauses);
  const beside = nodesBeside(rows, gc);
  const cut = new CutRows(rows, rows.length + 2 * apart.length);
  let next = 0;
  for (let row = 0; row < rows.length; row++) {
    const end = (rows.time[row] ?? 0) + (rows.duration[row] ?? 0);
    cut.begin(row);
    for (; next < apart.length; next++) {
      const { startMicros = 0, endMicros = 0 } = apart[next] ?? {};
      if (startMicros >= end) break;
      cut.to(startMicros, beside[row] ?? 0);
      cut.to(Math.min(end, endMicros), gc);
      if (endMicros > end) break;
    }
    cut.end(end, beside[row] ?? 0);
  }
  return cut.build();
}

function disjoint(pauses: ExactPauses['pauses']): { readonly startMicros: number; endMicros: number }[] {
  const apart: { readonly startMicros: number; endMicros: number }[] = [];
  for (const { startMicros, durationMicros } of pauses) {
    const endMicros = startMicros + durationMicros;
    const last = apart.at(-1);
    if (last !== undefined && startMicros <= last.endMicros)
      last.endMicros = Math.max(last.endMicros, endMicros);
    else apart.push({ startMicros, endMicros });
  }
  return apart;
}

/** What each row is outside of pauses; the root where its stretch of the phase has garbage collection alone. */
function nodesBeside({ length, node, operation, phase }: SampleTable, gc: number): Uint32Array {
  const beside = node.slice();
  const isKnown = Uint8Array.from(node, (one) => (one === gc ? 0 : 1));
  const take = (row: number, from: number) => {
    if (isKnown[row] === 1 || isKnown[from] !== 1) return;
    if (operation[row] !== operation[from] || phase[row] !== phase[from]) return;
    beside[row] = beside[from] ?? 0;
    isKnown[row] = 1;
  };
  for (let row = length - 2; row >= 0; row--) take(row, row + 1);
  for (let row = 1; row < length; row++) take(row, row - 1);
  return beside.map((one, row) => (isKnown[row] === 1 ? one : 0));
}

/** Copies of rows, each in one or more pieces. */
class CutRows {
  readonly #rows: SampleTable;
  readonly #time: Float64Array;
  readonly #duration: Float64Array;
  readonly #node: Uint32Array;
  /** The row that a piece is of. */
  readonly #row: Uint32Array;
  /** 1 for the first piece of a row that has a sample. */
  readonly #captured: Uint8Array;
  #length = 0;
  #current = 0;
  #at = 0;
  #isCut = false;

  constructor(rows: SampleTable, capacity: number) {
    this.#rows = rows;
    this.#time = new Float64Array(capacity);
    this.#duration = new Float64Array(capacity);
    this.#node = new Uint32Array(capacity);
    this.#row = new Uint32Array(capacity);
    this.#captured = new Uint8Array(capacity);
  }

  begin(row: number): void {
    this.#current = row;
    this.#at = this.#rows.time[row] ?? 0;
    this.#isCut = false;
  }

  to(until: number, node: number): void {
    if (until > this.#at) this.#add(until, node);
  }

  end(until: number, node: number): void {
    if (until > this.#at || !this.#isCut) this.#add(until, node);
  }

  #add(until: number, node: number): void {
    const piece = this.#length++;
    this.#time[piece] = this.#at;
    this.#duration[piece] = until - this.#at;
    this.#node[piece] = node;
    this.#row[piece] = this.#current;
    this.#captured[piece] = this.#isCut ? 0 : (this.#rows.captured[this.#current] ?? 0);
    this.#at = until;
    this.#isCut = true;
  }

  build(): SampleTable {
    const length = this.#length;
    const { operation, phase } = this.#rows;
    const row = this.#row.subarray(0, length);
    return {
      length,
      time: this.#time.slice(0, length),
      duration: this.#duration.slice(0, length),
      node: this.#node.slice(0, length),
      operation: Int32Array.from(row, (of) => operation[of] ?? -1),
      phase: Uint8Array.from(row, (of) => phase[of] ?? 0),
      captured: this.#captured.slice(0, length),
    };
  }
}
