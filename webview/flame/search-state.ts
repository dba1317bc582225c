import { counted, formatCount, formatShare } from '../format.ts';
import { isInOperation } from './box-facts.ts';
import type { Model } from './model.ts';
import type { PatternAnswer, PatternTester } from './pattern-tester.ts';
import { type Matches, parseQuery, search, textsOf } from './search.ts';

/** The search in force: what was asked, what it found in the view on screen, and which match is the current one. */
export class SearchState {
  text = '';
  readonly #patterns: PatternTester;
  readonly #answered: () => void;
  #matches: Matches | null = null;
  #fault: string | null = null;
  #current = -1;
  #share = '';
  /** Counts the questions: the answer to an older one comes too late. */
  #question = 0;
  isWaiting = false;

  /** `answered` is called when a search that took its time has ended; text is found at once. */
  constructor(patterns: PatternTester, answered: () => void) {
    this.#patterns = patterns;
    this.#answered = answered;
  }

  ask(model: Model, text: string): void {
    this.text = text;
    this.#question += 1;
    this.isWaiting = false;
    const query = parseQuery(text);
    this.#take(model, query.kind === 'test' ? search(model, query.test) : null);
    this.#fault = query.kind === 'invalid' ? query.message : null;
    if (query.kind === 'pattern') void this.#askPattern(model, query.pattern);
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
    if (this.isWaiting) return 'searching \u2026';
    if (this.#matches === null) return '';
    const { length } = this.#matches.boxes;
    if (length === 0) return 'no match';
    const count = counted(length, 'match', 'matches');
    return `${this.#current < 0 ? '' : `${formatCount(this.#current + 1)} of `}${count}, ${this.#share}`;
  }

  async #askPattern(model: Model, pattern: RegExp): Promise<void> {
    const question = this.#question;
    this.isWaiting = true;
    const answer = await this.#patterns.test(pattern, textsOf(model));
    if (question !== this.#question) return;
    this.isWaiting = false;
    if (typeof answer === 'string') this.#fault = FAULTS[answer];
    else
      this.#take(
        model,
        search(model, (text) => answer.has(text)),
      );
    this.#answered();
  }

  #take(model: Model, matches: Matches | null): void {
    this.#current = -1;
    this.#matches = matches;
    this.#share = matches === null ? '' : shareOf(model, matches);
  }
}

const FAULTS: Readonly<Record<Extract<PatternAnswer, string>, string>> = {
  'too-slow': 'This expression takes too long. Write it without repetitions inside of repetitions.',
  unavailable: 'Regular expressions cannot be used here; plain text can.',
  superseded: 'The search was broken off.',
};

/** Of the operations where all matches lie in them, else of everything recorded. */
function shareOf(model: Model, { boxes, totalMicros }: Matches): string {
  const areInOperations = model.operationMicros > 0 && boxes.every((box) => isInOperation(model, box));
  const whole = areInOperations ? model.operationMicros : (model.tree.total[0] ?? 0);
  const share = whole > 0 ? totalMicros / whole : 0;
  return `${formatShare(share)} of ${areInOperations ? 'operations' : 'the recording'}`;
}
