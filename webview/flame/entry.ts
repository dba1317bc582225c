import type { Model } from './model.ts';
import type { Picture } from './picture.ts';

/** What there is at a place of the picture. */
export interface Entry {
  readonly box: number;
  /** Boxes in it; more than one for a run of boxes too narrow to draw. */
  readonly count: number;
  /** Microseconds on the axis. */
  readonly start: number;
  readonly span: number;
}

export function entryOf({ tree, rows }: Model, picture: Picture, entry: number): Entry {
  const first = picture.first[entry] ?? 0;
  const count = picture.count[entry] ?? 1;
  const last = rows.order[first + count - 1] ?? 0;
  const start = tree.start[rows.order[first] ?? 0] ?? 0;
  const end = (tree.start[last] ?? 0) + (tree.total[last] ?? 0);
  return { box: picture.box[entry] ?? 0, count, start, span: end - start };
}

/** Tells which boxes step back behind a search or the legend. */
export type IsSetBack = (box: number) => boolean;

/** A run steps back only if all of its boxes do: a match must not hide among its neighbours. */
export function runIsSetBack(
  { rows }: Model,
  picture: Picture,
  isSetBack: IsSetBack,
): (entry: number) => boolean {
  return (entry) => {
    const first = picture.first[entry] ?? 0;
    const end = first + (picture.count[entry] ?? 1);
    for (let at = first; at < end; at++) {
      if (!isSetBack(rows.order[at] ?? 0)) return false;
    }
    return true;
  };
}
