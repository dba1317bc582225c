import type { CallFrame } from '../captured-stacks.ts';

/** Collects the distinct functions of a file. */
export class CallFrames {
  readonly list: CallFrame[] = [];
  readonly #known = new Map<string, number>();

  indexOf(frame: CallFrame): number {
    const { functionName, scriptId, url, lineNumber, columnNumber } = frame;
    const key = `${scriptId}\n${lineNumber}\n${columnNumber}\n${functionName}\n${url}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.list.length);
    return this.list.push(frame) - 1;
  }

  /** What stands above all stacks. */
  root(): number {
    return this.indexOf(metaFrame('(root)'));
  }
}

/** What is no function of a script: the root, idle time, garbage collection, code of the machine. */
export function metaFrame(functionName: string): CallFrame {
  return { functionName, scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };
}

/**
 * A name as tools write it: some number their scripts, others name them. Lists and objects are none: `String` fails on a
 * deep list, and on an object with a `toString` of its own.
 */
export function frameText(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : '';
}

/** Tools write -1, null or nothing where a function has no place. Larger numbers than a file can have lines are none. */
export function framePlace(value: unknown): number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 31 - 1 ? Number(value) : -1;
}
