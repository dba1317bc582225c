import type { CallTree } from '../../server/protocol/profile/call-tree.ts';
import type { Viewport } from './viewport.ts';

/** CSS pixels. */
export const ROW_HEIGHT = 20;

/** Narrower than this nothing can be seen or clicked. */
const NARROWEST = 4;

/** CSS pixels in the scrolled picture. */
export interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A stretch of the axis, in microseconds, in a row. */
export interface Stretch {
  readonly row: number;
  readonly start: number;
  readonly span: number;
}

export function stretchOf({ depth, start, total }: CallTree, box: number): Stretch {
  return { row: depth[box] ?? 0, start: start[box] ?? 0, span: total[box] ?? 0 };
}

/** Where a stretch is on a screen of some width: cut at the edges, and never too narrow. */
export function placeOf({ row, start, span }: Stretch, viewport: Viewport, screen: number): Place {
  const scale = viewport.span > 0 ? screen / viewport.span : 0;
  const from = Math.max(0, (start - viewport.start) * scale);
  const to = Math.min(screen, (start + span - viewport.start) * scale);
  const width = Math.max(NARROWEST, to - from);
  const left = Math.max(0, Math.min(from, screen - width));
  return { left, width, top: row * ROW_HEIGHT, height: ROW_HEIGHT - 1 };
}

export function putAt({ style }: HTMLElement, { left, top, width, height }: Place): void {
  style.left = `${left}px`;
  style.top = `${top}px`;
  style.width = `${width}px`;
  style.height = `${height}px`;
}
