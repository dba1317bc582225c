/** The stretch of the view's axis that is on screen, in microseconds. */
export interface Viewport {
  readonly start: number;
  readonly span: number;
}

/** What a viewport lies in: the whole axis in microseconds, and the width of the screen in pixels. */
export interface Axis {
  readonly total: number;
  readonly width: number;
}

/** Nothing that a profile records is shorter than a nanosecond. */
const SHORTEST_SPAN = 1e-3;

/**
 * The deepest zoom. An edge at the far end of the axis carries an error of half a unit in the last of 53 bits,
 * `total * 2^-53` microseconds, which is `total * 2^-53 * width / span` pixels: below 1/64 pixel while
 * `span >= total * width * 2^-47`. Beyond it boxes would jump.
 */
export function smallestSpan({ total, width }: Axis): number {
  return Math.min(total, Math.max(SHORTEST_SPAN, total * width * 2 ** -47));
}

export const wholeOf = ({ total }: Axis): Viewport => ({ start: 0, span: total });

/** Zooms by `factor` (above 1 goes in) so that the point at microsecond `at` stays where it is on screen. */
export function zoomAt(viewport: Viewport, factor: number, at: number, axis: Axis): Viewport {
  const span = clampSpan(viewport.span / factor, axis);
  const share = viewport.span > 0 ? (at - viewport.start) / viewport.span : 0;
  return within({ start: at - share * span, span }, axis);
}

export function panBy(viewport: Viewport, micros: number, axis: Axis): Viewport {
  return within({ start: viewport.start + micros, span: viewport.span }, axis);
}

/** The stretch from `start` on, as wide as allowed. */
export function zoomTo(start: number, span: number, axis: Axis): Viewport {
  const wide = clampSpan(span, axis);
  return within({ start: start - (wide - span) / 2, span: wide }, axis);
}

/** The nearest viewport that shows a stretch: unchanged if some of it is visible already and it would not fit anyway. */
export function reveal(viewport: Viewport, start: number, span: number, axis: Axis): Viewport {
  const end = start + span;
  const viewEnd = viewport.start + viewport.span;
  if (start >= viewport.start && end <= viewEnd) return viewport;
  if (span >= viewport.span) {
    return end > viewport.start && start < viewEnd ? viewport : zoomTo(start, span, axis);
  }
  const margin = Math.min(viewport.span * 0.05, (viewport.span - span) / 2);
  const moved = start < viewport.start ? start - margin : end + margin - viewport.span;
  return within({ start: moved, span: viewport.span }, axis);
}

/** A viewport that came from elsewhere (saved state, another size), made lawful. */
export function within(viewport: Viewport, axis: Axis): Viewport {
  const span = clampSpan(viewport.span, axis);
  return { start: Math.min(Math.max(0, viewport.start), axis.total - span), span };
}

export function isWhole(viewport: Viewport, { total }: Axis): boolean {
  return viewport.span >= total * (1 - 1e-9);
}

function clampSpan(span: number, axis: Axis): number {
  return Math.min(axis.total, Math.max(smallestSpan(axis), span));
}
