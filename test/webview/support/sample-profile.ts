import { NO_PHASE, PHASES, type Phase } from '../../../server/protocol/phase.ts';
import { CATEGORIES, type Category, type Profile } from '../../../server/protocol/profile/profile.ts';

/** A function in a stack: its name alone, or with its place and category. */
export type SampleFrame =
  | string
  | { readonly name: string; readonly file?: string; readonly line?: number; readonly category?: Category };

export interface SampleRow {
  /** From the outermost call to the innermost. */
  readonly stack: readonly SampleFrame[];
  readonly micros: number;
  readonly phase?: Phase;
  /** Index of the operation; absent for time outside. */
  readonly operation?: number;
}

/** A profile of rows that follow each other, with one handler execution for each operation that occurs in them. */
export function sampleProfile(rows: readonly SampleRow[], handler = 'BooksInCirculation'): Profile {
  const strings = new Interner(['']);
  const frames = new Frames(strings);
  const nodes = new Nodes(frames.indexOf('(root)'));
  const starts: number[] = [];
  let end = 0;
  for (const { micros } of rows) {
    starts.push(end);
    end += micros;
  }
  const operations = operationsOf(rows, starts);
  const node = rows.map((row) => nodes.indexOf(row.stack.map((frame) => frames.indexOf(frame))));
  return {
    title: `Profile of ${handler}`,
    source: 'v8-cpu',
    unit: 'microseconds',
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMicros: end,
    samplingIntervalMicros: 200,
    sampleDistanceMicros: rows.length > 0 ? end / rows.length : 0,
    samples: {
      length: rows.length,
      time: Float64Array.from(starts),
      duration: Float64Array.from(rows, (row) => row.micros),
      node: Uint32Array.from(node),
      operation: Int32Array.from(rows, (row) => row.operation ?? -1),
      phase: Uint8Array.from(rows, ({ phase }) => (phase === undefined ? NO_PHASE : PHASES.indexOf(phase))),
      captured: Uint8Array.from(rows, ({ stack }) => (stack.length === 0 ? 0 : 1)),
    },
    frames: frames.table(),
    nodes: nodes.table(),
    operations: {
      length: operations.length,
      handler: new Uint32Array(operations.length).fill(strings.indexOf(handler)),
      start: Float64Array.from(operations, ({ start }) => start),
      duration: Float64Array.from(operations, ({ duration }) => duration),
    },
    strings: strings.all,
  };
}

function operationsOf(rows: readonly SampleRow[], starts: readonly number[]) {
  const operations: { start: number; duration: number }[] = [];
  rows.forEach((row, at) => {
    if (row.operation === undefined) return;
    operations[row.operation] ??= { start: starts[at] ?? 0, duration: 0 };
    const operation = operations[row.operation];
    if (operation !== undefined) operation.duration += row.micros;
  });
  return operations;
}

class Interner {
  readonly all: string[];
  readonly #known = new Map<string, number>();

  constructor(first: readonly string[]) {
    this.all = [...first];
    for (const [index, text] of first.entries()) this.#known.set(text, index);
  }

  indexOf(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    this.#known.set(text, this.all.length);
    return this.all.push(text) - 1;
  }
}

class Frames {
  readonly #strings: Interner;
  readonly #rows: { name: number; file: number; line: number; category: number }[] = [];
  readonly #known = new Map<string, number>();

  constructor(strings: Interner) {
    this.#strings = strings;
  }

  indexOf(frame: SampleFrame): number {
    const key = JSON.stringify(frame);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const {
      name,
      file = '',
      line = 0,
      category = 'application',
    } = typeof frame === 'string' ? { name: frame } : frame;
    this.#known.set(key, this.#rows.length);
    return (
      this.#rows.push({
        name: this.#strings.indexOf(name),
        file: this.#strings.indexOf(file),
        line,
        category: CATEGORIES.indexOf(category),
      }) - 1
    );
  }

  table(): Profile['frames'] {
    return {
      length: this.#rows.length,
      name: Uint32Array.from(this.#rows, ({ name }) => name),
      file: Uint32Array.from(this.#rows, ({ file }) => file),
      line: Uint32Array.from(this.#rows, ({ line }) => line),
      column: new Uint32Array(this.#rows.length).fill(1),
      category: Uint8Array.from(this.#rows, ({ category }) => category),
    };
  }
}

class Nodes {
  readonly #rows: { parent: number; frame: number }[];
  readonly #known = new Map<string, number>();

  constructor(root: number) {
    this.#rows = [{ parent: -1, frame: root }];
  }

  indexOf(stack: readonly number[]): number {
    let node = 0;
    for (const frame of stack) {
      const key = `${node} ${frame}`;
      const known = this.#known.get(key);
      const next = known ?? this.#rows.push({ parent: node, frame }) - 1;
      this.#known.set(key, next);
      node = next;
    }
    return node;
  }

  table(): Profile['nodes'] {
    return {
      length: this.#rows.length,
      parent: Int32Array.from(this.#rows, ({ parent }) => parent),
      frame: Uint32Array.from(this.#rows, ({ frame }) => frame),
    };
  }
}
