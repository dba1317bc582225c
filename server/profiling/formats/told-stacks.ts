import { NO_PHASE, PHASES, UNATTRIBUTED } from '../../protocol/phase.ts';
import { UNSAMPLED } from '../../protocol/profile/call-tree.ts';
import type { Profile } from '../../protocol/profile/profile.ts';
import type { SourceFrame } from '../sources/source-frame.ts';

/**
 * The stacks of a profile as formats without phases can tell them: below its handler and its phase, where it has
 * operations, and with a frame of its own for time in which no sample fell. Frames are numbered: those of the profile
 * first, then these.
 */
export class ToldStacks {
  readonly frames: readonly SourceFrame[];
  readonly #profile: Profile;
  readonly #handlers = new Map<number, number>();
  readonly #firstPhase: number;
  readonly #unsampled: number;
  readonly #stack: number[] = [];

  constructor(profile: Profile) {
    this.#profile = profile;
    const { frames, operations, strings } = profile;
    const all = Array.from({ length: frames.length }, (_, frame) => sourceFrame(profile, frame));
    for (const handler of new Set(operations.handler)) {
      this.#handlers.set(handler, all.push(named(strings[handler] ?? '')) - 1);
    }
    this.#firstPhase = all.length;
    if (operations.length > 0) all.push(...[...PHASES, UNATTRIBUTED].map(named));
    this.#unsampled = all.push(named(UNSAMPLED)) - 1;
    this.frames = all;
  }

  /** The frames of a row from the outermost to the innermost; empty for the root. Used again by the next call. */
  of(row: number): readonly number[] {
    const { samples, nodes } = this.#profile;
    const stack = this.#stack;
    stack.length = 0;
    if (samples.captured[row] !== 1) stack.push(this.#unsampled);
    else {
      for (let node = samples.node[row] ?? 0; node > 0; node = nodes.parent[node] ?? 0) {
        stack.push(nodes.frame[node] ?? 0);
      }
    }
    const operation = samples.operation[row] ?? -1;
    if (operation >= 0)
      stack.push(this.#phaseFrame(samples.phase[row] ?? NO_PHASE), this.#handlerFrame(operation));
    return stack.reverse();
  }

  #phaseFrame(phase: number): number {
    return this.#firstPhase + Math.min(phase, PHASES.length);
  }

  #handlerFrame(operation: number): number {
    return this.#handlers.get(this.#profile.operations.handler[operation] ?? 0) ?? 0;
  }
}

export function sourceFrame({ frames, strings }: Profile, frame: number): SourceFrame {
  return {
    name: strings[frames.name[frame] ?? 0] ?? '',
    file: strings[frames.file[frame] ?? 0] ?? '',
    line: frames.line[frame] ?? 0,
    column: frames.column[frame] ?? 0,
  };
}

function named(name: string): SourceFrame {
  return { name, file: '', line: 0, column: 0 };
}
