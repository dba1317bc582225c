import { VIEWS, type View } from '../../server/protocol/profile/call-tree.ts';
import type { Direction } from './navigate.ts';

/** What a user wants done, by whatever key, button or pointer. */
export type Intent =
  | { readonly do: 'view'; readonly view: View }
  | { readonly do: 'zoom'; readonly factor: number }
  | { readonly do: 'pan'; readonly screens: number }
  | { readonly do: 'scroll'; readonly screens: number }
  | { readonly do: 'move'; readonly direction: Direction }
  | { readonly do: 'match' | 'pause'; readonly step: 1 | -1 }
  | {
      readonly do:
        | 'zoom-to-focus'
        | 'zoom-out'
        | 'show-all'
        | 'search'
        | 'copy-stack'
        | 'open-source'
        | 'show-keys';
    };

export interface KeyBinding {
  /** `KeyboardEvent.key`, lower case for letters. */
  readonly keys: readonly string[];
  readonly withControl?: true;
  readonly intent: Intent;
  /** Only while the picture itself has the keyboard: elsewhere the key has its usual meaning. */
  readonly onlyInPicture?: true;
}

const view = (name: View): Intent => ({ do: 'view', view: name });
const move = (direction: Direction): Intent => ({ do: 'move', direction });

export const KEY_BINDINGS: readonly KeyBinding[] = [
  ...VIEWS.map((name, index) => ({ keys: [String(index + 1)], intent: view(name) })),
  { keys: ['ArrowUp'], intent: move('up'), onlyInPicture: true },
  { keys: ['ArrowDown'], intent: move('down'), onlyInPicture: true },
  { keys: ['ArrowLeft'], intent: move('left'), onlyInPicture: true },
  { keys: ['ArrowRight'], intent: move('right'), onlyInPicture: true },
  { keys: ['Home'], intent: move('first'), onlyInPicture: true },
  { keys: ['End'], intent: move('last'), onlyInPicture: true },
  { keys: ['PageUp'], intent: { do: 'scroll', screens: -0.8 }, onlyInPicture: true },
  { keys: ['PageDown'], intent: { do: 'scroll', screens: 0.8 }, onlyInPicture: true },
  { keys: ['Enter'], intent: { do: 'zoom-to-focus' }, onlyInPicture: true },
  { keys: ['Enter'], withControl: true, intent: { do: 'open-source' }, onlyInPicture: true },
  { keys: ['Escape'], intent: { do: 'zoom-out' } },
  { keys: ['0'], intent: { do: 'show-all' } },
  { keys: ['+', '=', 'w'], intent: { do: 'zoom', factor: 1.5 } },
  { keys: ['-', '_', 's'], intent: { do: 'zoom', factor: 1 / 1.5 } },
  { keys: ['a'], intent: { do: 'pan', screens: -0.2 } },
  { keys: ['d'], intent: { do: 'pan', screens: 0.2 } },
  { keys: ['/'], intent: { do: 'search' } },
  { keys: ['f'], withControl: true, intent: { do: 'search' } },
  { keys: ['n'], intent: { do: 'match', step: 1 } },
  { keys: ['p'], intent: { do: 'match', step: -1 } },
  { keys: ['g'], intent: { do: 'pause', step: 1 } },
  { keys: ['h'], intent: { do: 'pause', step: -1 } },
  { keys: ['c'], intent: { do: 'copy-stack' } },
  { keys: ['o'], intent: { do: 'open-source' } },
  { keys: ['?'], intent: { do: 'show-keys' } },
];

/** The lines of the dialog that lists the keys. */
export const KEY_HELP: readonly (readonly [keys: string, meaning: string])[] = [
  ['1  2  3', 'Phases, left heavy, time order'],
  ['\u2191  \u2193', 'Move to the caller, to the widest callee'],
  ['\u2190  \u2192', 'Move to the neighbour in the row'],
  ['Home  End', 'Move to the ends of the row'],
  ['Enter  or double click', 'Zoom to the box'],
  ['Escape', 'Zoom out again, step by step'],
  ['0', 'Show everything'],
  ['+ \u2212  or  W S  or wheel', 'Zoom'],
  ['A  D  or drag', 'Pan'],
  ['Page up  Page down  or Shift+wheel', 'Scroll deep stacks'],
  ['/  or  Ctrl+F', 'Search for text or a /regular expression/'],
  ['N  P', 'Next match, previous match'],
  ['G  H', 'Next, previous pause of the garbage collector, in the time order'],
  ['C', 'Copy the stack'],
  ['O  or  Ctrl+Enter  or  Ctrl/Cmd+click', 'Open the source'],
  ['?', 'Show these keys'],
];

export interface Keystroke {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** What a key means, null where nothing; `isInPicture` tells whether the picture itself has the keyboard. */
export function intentOf(stroke: Keystroke, isInPicture: boolean): Intent | null {
  if (stroke.altKey) return null;
  const key = stroke.key.length === 1 ? stroke.key.toLowerCase() : stroke.key;
  const withControl = stroke.ctrlKey || stroke.metaKey;
  const binding = KEY_BINDINGS.find(
    (candidate) =>
      candidate.keys.includes(key) &&
      (candidate.withControl ?? false) === withControl &&
      (isInPicture || candidate.onlyInPicture === undefined),
  );
  return binding?.intent ?? null;
}
