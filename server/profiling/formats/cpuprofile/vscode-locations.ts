import { basename } from 'node:path';
import { filePathOf } from '../../../lib/file-path.ts';
import type { CallFrame } from '../../captured-stacks.ts';

/** A place as VS Code's JavaScript debugger writes it into profiles: line and column 1-based. */
export interface VscodeLocation {
  readonly callFrame: CallFrame;
  readonly locations: readonly {
    readonly lineNumber: number;
    readonly columnNumber: number;
    readonly source: { readonly name: string; readonly path: string; readonly sourceReference: 0 };
  }[];
}

/** The list that the location ids of a profile point into. */
export class VscodeLocations {
  readonly list: VscodeLocation[] = [];
  readonly #known = new Map<string, number>();

  idOf(callFrame: CallFrame): number {
    const { functionName, url, scriptId, lineNumber, columnNumber } = callFrame;
    const key = `${scriptId}\n${lineNumber}\n${columnNumber}\n${functionName}\n${url}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.list.length);
    return this.list.push({ callFrame, locations: locationsOf(callFrame) }) - 1;
  }
}

/** Only files have a source; what has none the viewer counts to the modules, and what has no line to the system. */
function locationsOf({ url, lineNumber, columnNumber }: CallFrame): VscodeLocation['locations'] {
  const path = url.startsWith('file:///') && lineNumber >= 0 ? filePathOf(url) : undefined;
  if (path === undefined) return [];
  return [
    {
      lineNumber: lineNumber + 1,
      columnNumber: columnNumber + 1,
      source: { name: basename(path), path, sourceReference: 0 },
    },
  ];
}
