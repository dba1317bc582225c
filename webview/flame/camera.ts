import { Glide } from './glide.ts';
import {
  type Axis,
  isWhole,
  panBy,
  reveal,
  type Viewport,
  wholeOf,
  within,
  zoomAt,
  zoomTo,
} from './viewport.ts';

/** What part of the axis is shown, how it gets elsewhere, and the way back. */
export class Camera {
  readonly #axis: () => Axis;
  readonly #glide = new Glide({ start: 0, span: 0 });
  readonly #moved: () => void;
  /** Where zooming out leads back to. */
  #way: Viewport[] = [];

  /** `moved` asks for a picture; before drawing it comes `advance`. */
  constructor(axis: () => Axis, moved: () => void) {
    this.#axis = axis;
    this.#moved = moved;
  }

  /** What is shown now, lawful for the size of the screen. */
  get viewport(): Viewport {
    return within(this.#glide.current, this.#axis());
  }

  /** What is shown once the picture stands still. */
  get target(): Viewport {
    return this.#glide.target;
  }

  advance(): void {
    this.#glide.advance(performance.now());
  }

  get isStill(): boolean {
    return this.#glide.current === this.#glide.target;
  }

  get isWhole(): boolean {
    return isWhole(this.target, this.#axis());
  }

  /** Begins anew, without a way back; null shows everything. */
  reset(viewport: Viewport | null): void {
    this.#way = [];
    this.#jump(viewport === null ? wholeOf(this.#axis()) : within(viewport, this.#axis()));
  }

  /** Zooms so that what is at pixel `x` stays there. */
  zoom(x: number, factor: number): void {
    const { current } = this.#glide;
    const at = current.start + (x / this.#axis().width) * current.span;
    this.#to(zoomAt(this.target, factor, at, this.#axis()));
  }

  zoomTo(start: number, span: number): void {
    const next = zoomTo(start, span, this.#axis());
    if (next.start !== this.target.start || next.span !== this.target.span) this.#way.push(this.target);
    this.#to(next);
  }

  reveal(start: number, span: number): void {
    this.#to(reveal(this.target, start, span, this.#axis()));
  }

  /** One step back, or to everything where no step is left. */
  back(): void {
    const before = this.#way.pop();
    if (before === undefined) this.showAll();
    else this.#to(within(before, this.#axis()));
  }

  showAll(): void {
    this.#way = [];
    this.#to(wholeOf(this.#axis()));
  }

  panScreens(screens: number): void {
    this.#to(panBy(this.target, screens * this.target.span, this.#axis()));
  }

  /** Follows a pointer: at once. */
  dragPixels(pixels: number): void {
    const { current } = this.#glide;
    this.#jump(panBy(current, (-pixels / this.#axis().width) * current.span, this.#axis()));
  }

  /** Puts the place at `share` of the axis into the middle, at once. */
  centre(share: number): void {
    const { span } = this.target;
    this.#jump(within({ start: share * this.#axis().total - span / 2, span }, this.#axis()));
  }

  #to(viewport: Viewport): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) this.#glide.jump(viewport);
    else this.#glide.to(viewport, performance.now());
    this.#moved();
  }

  #jump(viewport: Viewport): void {
    this.#glide.jump(viewport);
    this.#moved();
  }
}
