interface Size {
  readonly width: number;
  readonly height: number;
}

/** CSS pixels between pointer and tooltip, and between tooltip and edge. */
const DISTANCE = 14;
const MARGIN = 4;

/** Upper left corner of a tooltip: below and right of the pointer, on the other side where it would leave the screen. */
export function placeTooltip(
  pointer: { readonly x: number; readonly y: number },
  tip: Size,
  screen: Size,
): { left: number; top: number } {
  return {
    left: placeAlong(pointer.x, tip.width, screen.width),
    top: placeAlong(pointer.y, tip.height, screen.height),
  };
}

function placeAlong(at: number, length: number, room: number): number {
  const after = at + DISTANCE;
  if (after + length + MARGIN <= room) return after;
  const before = at - DISTANCE - length;
  if (before >= MARGIN) return before;
  return Math.max(MARGIN, room - length - MARGIN);
}
