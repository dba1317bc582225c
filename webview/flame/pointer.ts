/** What a pointer does over the picture, in CSS pixels from the upper left corner of what is visible. */
export interface PointerActions {
  zoom(x: number, factor: number): void;
  pan(x: number, y: number): void;
  scroll(y: number): void;
  hover(x: number, y: number): void;
  leave(): void;
  /** A press without a drag. */
  press(x: number, y: number, wantsSource: boolean): void;
  doublePress(x: number, y: number): void;
}

/** Less movement than this between down and up is a press. */
const DRAG_THRESHOLD = 4;
const ZOOM_PER_WHEEL_PIXEL = 0.0022;
/** Pixels per line and per page, for wheels that do not count in pixels. */
const LINE = 16;
const PAGE = 400;

export function watchPointer(area: HTMLElement, actions: PointerActions): void {
  watchWheel(area, actions);
  watchDrag(area, actions);
  area.addEventListener('dblclick', (event) => {
    const { x, y } = pointIn(area, event);
    actions.doublePress(x, y);
  });
  area.addEventListener('pointerleave', () => actions.leave());
}

function watchWheel(area: HTMLElement, actions: PointerActions): void {
  const handle = (event: WheelEvent) => {
    event.preventDefault();
    const unit = [1, LINE, PAGE][event.deltaMode] ?? 1;
    const [along, across] = [event.deltaX * unit, event.deltaY * unit];
    // Shift turns the wheel sideways in some systems, in others not: it scrolls in all.
    if (event.shiftKey) actions.scroll(across === 0 ? along : across);
    else if (Math.abs(along) > Math.abs(across)) actions.pan(-along, 0);
    else actions.zoom(pointIn(area, event).x, Math.exp(-across * ZOOM_PER_WHEEL_PIXEL));
  };
  area.addEventListener('wheel', handle, { passive: false });
}

function watchDrag(area: HTMLElement, actions: PointerActions): void {
  let last: { x: number; y: number } | null = null;
  let isDrag = false;
  let travelled = 0;
  area.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    last = { x: event.clientX, y: event.clientY };
    isDrag = false;
    travelled = 0;
  });
  area.addEventListener('pointermove', (event) => {
    if (last === null) {
      const { x, y } = pointIn(area, event);
      actions.hover(x, y);
      return;
    }
    const [x, y] = [event.clientX - last.x, event.clientY - last.y];
    travelled += Math.hypot(x, y);
    last = { x: event.clientX, y: event.clientY };
    if (!isDrag && travelled < DRAG_THRESHOLD) return;
    if (!isDrag) area.setPointerCapture(event.pointerId);
    isDrag = true;
    area.classList.add('is-dragged');
    actions.pan(x, y);
  });
  const end = (event: PointerEvent) => {
    if (last === null) return;
    last = null;
    area.classList.remove('is-dragged');
    if (isDrag || event.type === 'pointercancel') return;
    const { x, y } = pointIn(area, event);
    actions.press(x, y, event.ctrlKey || event.metaKey);
  };
  area.addEventListener('pointerup', end);
  area.addEventListener('pointercancel', end);
}

function pointIn(area: HTMLElement, event: MouseEvent): { x: number; y: number } {
  const { left, top } = area.getBoundingClientRect();
  return { x: event.clientX - left - area.clientLeft, y: event.clientY - top - area.clientTop };
}
