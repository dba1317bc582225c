import type { Viewport } from './viewport.ts';

const DURATION_MS = 140;

/** Moves a viewport to its target smoothly. A new target starts from where the picture is. */
export class Glide {
  current: Viewport;
  #from: Viewport;
  #target: Viewport;
  #startedAt = 0;

  constructor(viewport: Viewport) {
    this.current = viewport;
    this.#from = viewport;
    this.#target = viewport;
  }

  /** Where the picture will be when it stands still: what the next step is reckoned from. */
  get target(): Viewport {
    return this.#target;
  }

  /** `now` in milliseconds, on the clock that `advance` gets. */
  to(target: Viewport, now: number): void {
    this.#from = this.current;
    this.#target = target;
    this.#startedAt = now;
  }

  jump(target: Viewport): void {
    this.#from = target;
    this.#target = target;
    this.current = target;
  }

  advance(now: number): void {
    const time = Math.max(0, (now - this.#startedAt) / DURATION_MS);
    this.current = time >= 1 ? this.#target : between(this.#from, this.#target, easeOut(time));
  }
}

const easeOut = (time: number) => 1 - (1 - time) ** 3;

/**
 * The viewport at `share` of the way. The span changes by equal factors and the start in step with the span, so a
 * point that two viewports show in the same place stays there all the way: zooming at the pointer does not sway.
 */
export function between(from: Viewport, to: Viewport, share: number): Viewport {
  if (share <= 0) return from;
  const change = to.span - from.span;
  if (Math.abs(change) <= from.span * 1e-9) {
    return { start: from.start + (to.start - from.start) * share, span: to.span };
  }
  const span = from.span * (to.span / from.span) ** share;
  return { start: from.start + ((to.start - from.start) * (span - from.span)) / change, span };
}
