import type { GcPauses } from './gc-pauses.ts';
import type { Viewport } from './viewport.ts';

/** A pause on the axis, or several that lie too close together to be told apart, in whole device pixels. */
export interface PauseMark {
  readonly left: number;
  /** Not of the mark any more. */
  readonly right: number;
  /** Index into the pauses; the others of the mark follow it. */
  readonly first: number;
  readonly count: number;
  /** Whether one of them collected more than young objects. */
  readonly isMajor: boolean;
}

/** So wide is the shortest pause. */
const NARROWEST = 2;
/** A mark of several is cut here, so that each piece keeps its place. */
const WIDEST_JOINED = 6;

/** The marks of all pauses that are in sight, from left to right, none over another and no pause left out. */
export function layoutPauses(
  { list, reach }: GcPauses,
  { start, span }: Viewport,
  width: number,
): PauseMark[] {
  const marks: PauseMark[] = [];
  if (!(span > 0) || width < NARROWEST) return marks;
  const scale = width / span;
  for (let at = firstReaching(reach, start); at < list.length; at++) {
    const pause = list[at];
    if (pause === undefined || pause.startMicros >= start + span) break;
    const end = pause.startMicros + pause.durationMicros;
    const left = clamp((pause.startMicros - start) * scale, width - NARROWEST);
    const right = Math.max(left + NARROWEST, clamp((end - start) * scale, width));
    place(marks, { left, right, first: at, count: 1, isMajor: pause.kind !== 'minor' }, width);
  }
  return marks;
}

/** The mark at a place in device pixels; `reach` pixels beside it are still of it. */
export function markAt(marks: readonly PauseMark[], x: number, reach: number): PauseMark | null {
  const distance = ({ left, right }: PauseMark) => Math.max(0, left - x, x - right + 1);
  const nearest = marks.reduce<PauseMark | null>(
    (best, mark) => (best === null || distance(mark) < distance(best) ? mark : best),
    null,
  );
  return nearest !== null && distance(nearest) <= reach ? nearest : null;
}

function place(marks: PauseMark[], mark: PauseMark, width: number): void {
  const last = marks.at(-1);
  if (last === undefined || mark.left >= last.right) {
    marks.push(mark);
    return;
  }
  const joined = Math.max(last.right, mark.right);
  const isWithin = joined === last.right;
  const hasRoom = last.right + NARROWEST <= width;
  if (isWithin || joined - last.left <= WIDEST_JOINED || !hasRoom) {
    const isMajor = last.isMajor || mark.isMajor;
    marks[marks.length - 1] = { ...last, right: joined, count: last.count + 1, isMajor };
  } else {
    marks.push({ ...mark, left: last.right, right: Math.max(joined, last.right + NARROWEST) });
  }
}

/** Index of the first pause that is not over at a time, or has one before it that is not. */
function firstReaching(reach: Float64Array, at: number): number {
  let low = 0;
  let high = reach.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((reach[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function clamp(pixels: number, most: number): number {
  return Math.min(most, Math.max(0, Math.round(pixels)));
}
