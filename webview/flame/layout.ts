import type { CallTree } from '../../server/protocol/profile/call-tree.ts';
import { type Picture, PictureBuilder } from './picture.ts';
import { firstEndingAfter, type Rows } from './rows.ts';
import type { Viewport } from './viewport.ts';

/** The part of the picture that is on screen. */
export interface Window {
  readonly viewport: Viewport;
  /** Device pixels. */
  readonly width: number;
  readonly firstRow: number;
  /** Rows from `firstRow` on, at least partly visible. */
  readonly rowCount: number;
}

/** Finds by binary search what is visible and snaps it to pixels. Reads nothing that is outside of the window. */
export function layout(tree: CallTree, rows: Rows, window: Window): Picture {
  const builder = new PictureBuilder(window.rowCount);
  for (let at = 0; at < window.rowCount; at++) {
    builder.beginRow(at);
    if (window.firstRow + at < rows.count) layRow(tree, rows, window, window.firstRow + at, builder);
  }
  return builder.finish(window.firstRow);
}

function layRow(tree: CallTree, rows: Rows, window: Window, row: number, picture: PictureBuilder): void {
  const { viewport, width } = window;
  const scale = viewport.span > 0 ? width / viewport.span : 0;
  const viewEnd = viewport.start + viewport.span;
  const rowEnd = rows.offset[row + 1] ?? 0;
  for (let at = firstEndingAfter(tree, rows, row, viewport.start); at < rowEnd; at++) {
    const box = rows.order[at] ?? 0;
    const start = tree.start[box] ?? 0;
    const total = tree.total[box] ?? 0;
    if (start >= viewEnd) break;
    const from = Math.max(0, (start - viewport.start) * scale);
    const to = Math.min(width, (start + total - viewport.start) * scale);
    picture.place({ at, box, total, from, to }, width);
  }
}
