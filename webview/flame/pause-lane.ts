import type { Camera } from './camera.ts';
import type { GcPauses } from './gc-pauses.ts';
import type { Model } from './model.ts';
import type { PauseMark } from './pause-marks.ts';
import { pauseWords, spokenPause } from './pause-words.ts';
import type { Stage } from './stage.ts';
import type { Tooltip } from './tooltip.ts';

interface PauseLaneParts {
  readonly stage: Stage;
  readonly camera: Camera;
  readonly tooltip: Tooltip;
  model(): Model | null;
  changed(): void;
  /** Says something to the eye and to screen readers. */
  tell(text: string): void;
}

/** The pauses of garbage collection on the axis of time: what the pointer finds there, and the way from one to the next. */
export class PauseLane {
  readonly #parts: PauseLaneParts;
  #pauses: GcPauses | null = null;
  /** The pause that was stepped to; -1 for none. */
  #current = -1;

  constructor(parts: PauseLaneParts) {
    this.#parts = parts;
    const { axis } = parts.stage;
    axis.addEventListener('pointermove', (event) => this.#hover(event));
    axis.addEventListener('pointerleave', () => this.leave());
    axis.addEventListener('click', (event) => this.#press(event));
  }

  take(pauses: GcPauses | null): void {
    this.leave();
    this.#pauses = pauses;
    this.#choose(-1);
  }

  /** Goes to the next pause or the one before, round about; at first to one that is in sight. */
  step(by: 1 | -1): void {
    const { camera, tell } = this.#parts;
    const model = this.#parts.model();
    if (model === null) return;
    const why = this.#whyNone(model);
    if (why !== null) tell(why);
    if (why !== null || this.#pauses === null) return;
    const { list } = this.#pauses;
    const next = this.#current < 0 ? this.#firstInSight(this.#pauses, by) : this.#current + by;
    this.#choose((next + list.length) % list.length);
    const { startMicros = 0, durationMicros = 0 } = list[this.#current] ?? {};
    camera.reveal(startMicros, durationMicros);
    tell(spokenPause(this.#pauses, this.#current, model.profile));
  }

  #whyNone({ tree }: Model): string | null {
    if (this.#pauses === null) return 'No pauses of the garbage collector are known of this picture.';
    if (tree.view === 'time-order') return null;
    return 'Pauses of the garbage collector stand on the axis of the time order: press 3.';
  }

  leave(): void {
    this.#parts.tooltip.hide();
    this.#parts.stage.axis.classList.remove('is-on-pause');
  }

  #firstInSight({ list }: GcPauses, by: 1 | -1): number {
    const { start, span } = this.#parts.camera.target;
    return by === 1
      ? list.findIndex(({ startMicros }) => startMicros >= start)
      : list.findLastIndex(({ startMicros }) => startMicros < start + span);
  }

  #choose(pause: number): void {
    this.#current = pause;
    this.#parts.stage.takePauses(this.#pauses, pause);
    this.#parts.changed();
  }

  #hover(event: PointerEvent): void {
    const mark = this.#markAt(event);
    const model = this.#parts.model();
    if (mark === null || model === null || this.#pauses === null) {
      this.leave();
      return;
    }
    const { stage, tooltip } = this.#parts;
    stage.axis.classList.add('is-on-pause');
    tooltip.say(pauseWords(this.#pauses, mark, model.profile));
    tooltip.moveTo(event.clientX, event.clientY);
  }

  /** Zooms to a mark: to one pause with what ran around it, to several so that they come apart. */
  #press(event: MouseEvent): void {
    const mark = this.#markAt(event);
    if (mark === null || this.#pauses === null) return;
    const some = this.#pauses.list.slice(mark.first, mark.first + mark.count);
    const from = some[0]?.startMicros ?? 0;
    const until = some.reduce((end, pause) => Math.max(end, pause.startMicros + pause.durationMicros), from);
    const around = (until - from) * (mark.count > 1 ? 0.1 : 2);
    if (mark.count === 1) this.#choose(mark.first);
    this.leave();
    this.#parts.camera.zoomTo(from - around, until - from + 2 * around);
  }

  #markAt(event: MouseEvent): PauseMark | null {
    const { stage } = this.#parts;
    return stage.pauseAt(event.clientX - stage.axis.getBoundingClientRect().left);
  }
}
