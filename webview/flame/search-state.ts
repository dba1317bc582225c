import { counted, formatCount, formatShare } from '../format.ts';
import { isInOperation } from './box-facts.ts';
import type { Model } from './model.ts';
import { type Matches, parseQuery, search } from './search.ts';

/** The search in force: what was asked, what it found in the view on screen, and which match is the current one. */
export class SearchState {
  text = '';
  #matches: Matches | null = null;
  #fault: string | null = null;
  #current = -1;
  #share = '';

  ask(model: Model, text: string): void {
    this.text = text;
    this.#current = -1;
    const query = parseQuery(text);
    this.#fault = query.kind === 'invalid' ? query.message : null;
    this.#matches = query.kind === 'test' ? search(model, query.test) : null;
    this.#share = this.#matches === null ? '' : shareOf(model, this.#matches);
  }

  /** Whether anything is being looked for. */
  get isOn(): boolean {
    return this.#matches !== null;
  }

  get isWrong(): boolean {
    return this.#fault !== null || (this.#matches !== null && this.#matches.boxes.length === 0);
  }

  isMatch(box: number): boolean {
    return this.#matches === null || this.#matches.isMatch[box] === 1;
  }

  /** The next match after the current one or before it, around the ends; -1 where there is none. */
  step(step: 1 | -1): number {
    const boxes = this.#matches?.boxes;
    if (boxes === undefined || boxes.length === 0) return -1;
    const from = this.#current < 0 && step < 0 ? 0 : this.#current;
    this.#current = (from + step + boxes.length) % boxes.length;
    return boxes[this.#current] ?? -1;
  }

  /** `3 of 12 matches, 24.1 % of operations`. */
  describe(): string {
    if (this.#fault !== null) return this.#fault;
    if (this.#matches === null) return '';
    const { length } = this.#matches.boxes;
    if (length === 0) return 'no match';
    const count = counted(length, 'match', 'matches');
    return `${this.#current < 0 ? '' : `${formatCount(this.#current + 1)} of `}${count}, ${this.#share}`;
  }
}

/** Of the operations where all matches lie in them, else of everything recorded. */
function shareOf(model: Model, { boxes, totalMicros }: Matches): string {
  const areInOperations = model.operationMicros > 0 && boxes.every((box) => isInOperation(model, box));
  const whole = areInOperations ? model.operationMicros : (model.tree.total[0] ?? 0);
  const share = whole > 0 ? totalMicros / whole : 0;
  return `${formatShare(share)} of ${areInOperations ? 'operations' : 'the recording'}`;
}
