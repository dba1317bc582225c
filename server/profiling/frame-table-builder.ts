import { CATEGORIES, type Category, type FrameTable } from '../protocol/profile/profile.ts';
import type { SourceFrame } from './sources/source-frame.ts';

/** Collects texts, each once. Text 0 is the empty one. */
export class StringTable {
  readonly list: string[] = [''];
  readonly #known = new Map<string, number>([['', 0]]);

  indexOf(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    this.#known.set(text, this.list.length);
    return this.list.push(text) - 1;
  }
}

/** Collects functions, each once: two places of a bundle that come from one source are one function. */
export class FrameTableBuilder {
  readonly #strings: StringTable;
  readonly #known = new Map<string, number>();
  readonly #name: number[] = [];
  readonly #file: number[] = [];
  readonly #line: number[] = [];
  readonly #column: number[] = [];
  readonly #category: number[] = [];

  constructor(strings: StringTable) {
    this.#strings = strings;
  }

  indexOf(frame: SourceFrame, category: Category): number {
    const key = `${category}\n${frame.line}\n${frame.column}\n${frame.file}\n${frame.name}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.#name.length);
    this.#file.push(this.#strings.indexOf(frame.file));
    this.#line.push(frame.line);
    this.#column.push(frame.column);
    this.#category.push(CATEGORIES.indexOf(category));
    return this.#name.push(this.#strings.indexOf(frame.name)) - 1;
  }

  build(): FrameTable {
    return {
      length: this.#name.length,
      name: Uint32Array.from(this.#name),
      file: Uint32Array.from(this.#file),
      line: Uint32Array.from(this.#line),
      column: Uint32Array.from(this.#column),
      category: Uint8Array.from(this.#category),
    };
  }
}
