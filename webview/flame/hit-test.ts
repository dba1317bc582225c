import type { Picture } from './picture.ts';

/**
 * The entry of the picture under a point, -1 where there is none. `x` in device pixels, `row` counted from the top
 * of the whole picture. Searches what was drawn, so what is seen is what is hit.
 */
export function hitTest(picture: Picture, x: number, row: number): number {
  const at = row - picture.firstRow;
  if (at < 0 || at >= picture.rowCount) return -1;
  let low = picture.rowStart[at] ?? 0;
  let high = picture.rowStart[at + 1] ?? low;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((picture.right[middle] ?? 0) > x) high = middle;
    else low = middle + 1;
  }
  const isInside = low < (picture.rowStart[at + 1] ?? 0) && (picture.left[low] ?? 0) <= x;
  return isInside ? low : -1;
}
