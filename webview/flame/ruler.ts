import type { View } from '../../server/protocol/profile/call-tree.ts';
import type { ProfileUnit } from '../../server/protocol/profile/profile.ts';
import { mix, toCss } from '../colour/contrast.ts';
import { pauseColour } from '../colour/pause-colour.ts';
import type { Theme } from '../colour/theme.ts';
import type { GcPauses } from './gc-pauses.ts';
import { layoutPauses, markAt, type PauseMark } from './pause-marks.ts';
import { Surface } from './surface.ts';
import { ticks } from './ticks.ts';
import type { Viewport } from './viewport.ts';

const HEIGHT = 18;
const FONT_SIZE = 10.5;
const GAP = 90;
/** Below the numbers, where there are pauses. */
const LANE = 9;
const MINOR = 5;
/** CSS pixels beside a mark that still are of it. */
const PAUSE_REACH = 3;

interface RulerLook {
  /** CSS pixels. */
  readonly width: number;
  readonly theme: Theme;
  readonly view: View;
  readonly unit: ProfileUnit;
  /** Drawn in the order of time only, where the axis tells when. */
  readonly pauses: GcPauses | null;
  /** The pause that stands out; -1 for none. */
  readonly current: number;
}

/**
 * The axis above the boxes: when it was in the order of time; in the merged views, where a place says nothing of when,
 * how long it is from the left edge of what is shown. Below the time stand the pauses of garbage collection.
 */
export class Ruler {
  readonly #surface = new Surface('flame-ruler');
  readonly root = this.#surface.canvas;
  #marks: readonly PauseMark[] = [];

  draw(viewport: Viewport, look: RulerLook): void {
    const { width, theme, view, pauses } = look;
    const hasLane = view === 'time-order' && pauses !== null;
    this.#surface.resize(width, hasLane ? HEIGHT + LANE : HEIGHT);
    const { context, canvas } = this.#surface;
    context.fillStyle = toCss(theme.background);
    context.fillRect(0, 0, canvas.width, canvas.height);
    this.#marks = hasLane ? layoutPauses(pauses, viewport, canvas.width) : [];
    this.#drawTicks(viewport, look);
    this.#drawPauses(look);
  }

  /** The pauses at a place, in CSS pixels; null where there are none. */
  pauseAt(x: number): PauseMark | null {
    const { pixelRatio } = this.#surface;
    return markAt(this.#marks, Math.floor(x * pixelRatio), PAUSE_REACH * pixelRatio);
  }

  #drawTicks(viewport: Viewport, { width, theme, view, unit }: RulerLook): void {
    const { context, canvas, pixelRatio } = this.#surface;
    context.font = `${FONT_SIZE * pixelRatio}px ${theme.fontFamily}`;
    context.textBaseline = 'middle';
    const line = toCss(mix(theme.foreground, theme.background, 0.25));
    const text = toCss(mix(theme.foreground, theme.background, 0.75));
    const axis = view === 'time-order' ? viewport : { start: 0, span: viewport.span };
    for (const { at, label } of ticks(axis, { width, gap: GAP, unit })) {
      const x = Math.round(((at - axis.start) / axis.span) * canvas.width);
      const left = x + 4 * pixelRatio;
      // A tick without its label would be read as one more of the step before.
      if (left + context.measureText(label).width > canvas.width) continue;
      context.fillStyle = line;
      context.fillRect(x, 0, Math.max(1, Math.round(pixelRatio)), canvas.height);
      context.fillStyle = text;
      context.fillText(label, left, (HEIGHT / 2) * pixelRatio);
    }
  }

  /** Higher ones are of more than young objects; lines through the axis lead to the one that stands out. */
  #drawPauses({ theme, current }: RulerLook): void {
    const { context, canvas, pixelRatio } = this.#surface;
    for (const { left, right, first, count, isMajor } of this.#marks) {
      const isCurrent = current >= first && current < first + count;
      const height = Math.round((isMajor || isCurrent ? LANE : MINOR) * pixelRatio);
      context.fillStyle = toCss(isCurrent ? theme.foreground : pauseColour(theme));
      context.fillRect(left, canvas.height - height, right - left, height);
      if (!isCurrent) continue;
      const line = Math.max(1, Math.round(pixelRatio));
      context.fillRect(left, 0, line, canvas.height);
      context.fillRect(right - line, 0, line, canvas.height);
    }
  }
}
