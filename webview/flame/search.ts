import { frameOf, type Model } from './model.ts';

/** What a search found. */
export interface Matches {
  /** Matching boxes in the order of the picture: from left to right, each before those below it. */
  readonly boxes: Uint32Array;
  /** 1 for each box that matches. */
  readonly isMatch: Uint8Array;
  /** Microseconds in matching boxes; a match inside a match counts once. */
  readonly totalMicros: number;
}

export type Query =
  | { readonly kind: 'none' }
  | { readonly kind: 'test'; readonly test: (text: string) => boolean }
  /** Regular expressions come from users and may take for ever: they are tested where they can be ended. */
  | { readonly kind: 'pattern'; readonly pattern: RegExp }
  | { readonly kind: 'invalid'; readonly message: string };

/** Reads what a user typed: plain text in any case, or `/regular expression/flags`. */
export function parseQuery(typed: string): Query {
  const text = typed.trim();
  if (text === '') return { kind: 'none' };
  const pattern = /^\/(.+)\/([a-z]*)$/s.exec(text);
  if (pattern !== null) return parsePattern(pattern[1] ?? '', pattern[2] ?? '');
  const wanted = text.toLowerCase();
  return { kind: 'test', test: (name) => name.toLowerCase().includes(wanted) };
}

/** Every text that a search looks at, once. */
export function textsOf(model: Model): readonly string[] {
  const texts = new Set<string>();
  for (let box = 0; box < model.tree.length; box++) {
    texts.add(model.name(box));
    if (frameOf(model.tree, box) >= 0) texts.add(model.note(box));
  }
  return [...texts];
}

/** Looks through names and places. Each text is tested once, however many boxes carry it. */
export function search(model: Model, test: (text: string) => boolean): Matches {
  const { tree } = model;
  const known = new Map<string, boolean>();
  const passes = (text: string) => {
    let answer = known.get(text);
    if (answer === undefined) {
      answer = test(text);
      known.set(text, answer);
    }
    return answer;
  };
  const isMatch = new Uint8Array(tree.length);
  const boxes: number[] = [];
  for (let box = 0; box < tree.length; box++) {
    if (!passes(model.name(box)) && !(frameOf(tree, box) >= 0 && passes(model.note(box)))) continue;
    isMatch[box] = 1;
    boxes.push(box);
  }
  return { boxes: Uint32Array.from(boxes), isMatch, totalMicros: outermostTotal(model, isMatch) };
}

function parsePattern(source: string, flags: string): Query {
  try {
    // Without `g` and `y` a pattern keeps no state between two tests.
    return { kind: 'pattern', pattern: new RegExp(source, flags.replace(/[gy]/g, '')) };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'invalid', message: error.message };
    throw error;
  }
}

function outermostTotal({ tree }: Model, isMatch: Uint8Array): number {
  const isInside = new Uint8Array(tree.length);
  let total = 0;
  for (let box = 0; box < tree.length; box++) {
    const parent = tree.parent[box] ?? -1;
    const isBelowMatch = parent >= 0 && isInside[parent] === 1;
    if (isMatch[box] === 1 && !isBelowMatch) total += tree.total[box] ?? 0;
    isInside[box] = isBelowMatch || isMatch[box] === 1 ? 1 : 0;
  }
  return total;
}
