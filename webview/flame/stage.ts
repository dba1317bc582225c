import type { Theme } from '../colour/theme.ts';
import { element } from '../element.ts';
import { placeOf, putAt, ROW_HEIGHT, stretchOf } from './box-place.ts';
import { Brushes } from './brushes.ts';
import { draw } from './draw.ts';
import { type Entry, entryOf, type IsSetBack, runIsSetBack } from './entry.ts';
import { FocusBox } from './focus-box.ts';
import type { GcPauses } from './gc-pauses.ts';
import { hitTest } from './hit-test.ts';
import { layout } from './layout.ts';
import { Minimap } from './minimap.ts';
import type { Model } from './model.ts';
import type { PauseMark } from './pause-marks.ts';
import type { Picture } from './picture.ts';
import { Ruler } from './ruler.ts';
import { Surface } from './surface.ts';
import type { Axis, Viewport } from './viewport.ts';

export interface StageActions {
  /** The picture has to be drawn again: another size, another place. */
  changed(): void;
  centred(share: number): void;
}

/** The picture on screen: minimap, axis, boxes, and the elements that lie over them. */
export class Stage {
  readonly focus = new FocusBox();
  readonly #surface = new Surface('flame-canvas');
  readonly #hover = element('div', { class: 'flame-hover' });
  /** As high as all rows; what the pointer acts on. */
  readonly content = element(
    'div',
    { class: 'flame-content' },
    this.#surface.canvas,
    this.focus.tree,
    this.#hover,
  );
  readonly #scroller = element(
    'div',
    { class: 'flame-scroller', attributes: { tabindex: '-1' } },
    this.content,
  );
  readonly #ruler = new Ruler();
  readonly #minimap;
  readonly root;
  readonly #brushes = new Brushes();
  #picture: Picture | null = null;
  #model: Model | null = null;
  #pauses: GcPauses | null = null;
  #currentPause = -1;
  /** What the minimap shows set back; null where it has to be drawn anew. */
  #minimapSetBack: IsSetBack | null = null;

  constructor(actions: StageActions) {
    this.#minimap = new Minimap(actions.centred);
    this.root = element(
      'div',
      { class: 'flame-stage' },
      this.#minimap.root,
      this.#ruler.root,
      this.#scroller,
    );
    this.#hover.hidden = true;
    this.#scroller.addEventListener('scroll', () => actions.changed());
    new ResizeObserver(() => {
      this.#minimapSetBack = null;
      actions.changed();
    }).observe(this.#scroller);
  }

  /** Where the time is told, and the pauses in it. */
  get axis(): HTMLElement {
    return this.#ruler.root;
  }

  get theme(): Theme {
    return this.#brushes.theme;
  }

  get scrollTop(): number {
    return this.#scroller.scrollTop;
  }

  set scrollTop(top: number) {
    this.#scroller.scrollTop = top;
  }

  get width(): number {
    return this.#scroller.clientWidth;
  }

  get height(): number {
    return this.#scroller.clientHeight;
  }

  axisOf({ tree }: Model): Axis {
    return { total: tree.total[0] ?? 0, width: Math.max(1, this.width) };
  }

  takeTheme(): void {
    this.#brushes.takeTheme();
    this.#minimapSetBack = null;
  }

  takeModel(model: Model): void {
    this.#model = model;
    this.#minimapSetBack = null;
    this.content.style.height = `${model.rows.count * ROW_HEIGHT}px`;
  }

  /** Pauses on the axis of time, and which of them stands out; -1 for none. */
  takePauses(pauses: GcPauses | null, current: number): void {
    this.#pauses = pauses;
    this.#currentPause = current;
  }

  /** `x` in CSS pixels of the axis. */
  pauseAt(x: number): PauseMark | null {
    return this.#ruler.pauseAt(x);
  }

  /**
   * Draws the model that was taken. Returns how many boxes and runs were drawn. The minimap is drawn again only for
   * another `isSetBack`.
   */
  render(model: Model, viewport: Viewport, isSetBack: IsSetBack): number {
    const picture = this.#drawBoxes(model, viewport, isSetBack);
    this.#picture = picture;
    const { view } = model.tree;
    this.#ruler.draw(viewport, {
      ...{ width: this.width, theme: this.theme, view, unit: model.profile.unit },
      ...{ pauses: this.#pauses, current: this.#currentPause },
    });
    this.#minimap.frame(viewport, model.tree.total[0] ?? 0);
    if (this.#minimapSetBack !== isSetBack) {
      const { theme, paints } = this.#brushes;
      this.#minimap.draw(model, { width: this.width, theme, paints, isSetBack });
      this.#minimapSetBack = isSetBack;
    }
    return picture.length;
  }

  #drawBoxes(model: Model, viewport: Viewport, isSetBack: IsSetBack): Picture {
    const { clientWidth: width, clientHeight: height, scrollTop } = this.#scroller;
    this.#surface.resize(width, height);
    const { context, pixelRatio } = this.#surface;
    const firstRow = Math.floor(scrollTop / ROW_HEIGHT);
    const picture = layout(model.tree, model.rows, {
      viewport,
      width: this.#surface.canvas.width,
      firstRow,
      rowCount: Math.min(Math.max(0, model.rows.count - firstRow), Math.ceil(height / ROW_HEIGHT) + 1),
    });
    const { theme, paints } = this.#brushes;
    draw(context, {
      ...{ model, picture, theme, paints, pixelRatio },
      ...this.#brushes.for(context, pixelRatio),
      offset: Math.round((scrollTop - firstRow * ROW_HEIGHT) * pixelRatio),
      isSetBack: runIsSetBack(model, picture, isSetBack),
    });
    return picture;
  }

  /** `x` and `y` in CSS pixels of the content. */
  entryAt(x: number, y: number): Entry | null {
    if (this.#picture === null || this.#model === null) return null;
    const row = Math.floor(y / ROW_HEIGHT);
    const entry = hitTest(this.#picture, Math.floor(x * this.#surface.pixelRatio), row);
    return entry < 0 ? null : entryOf(this.#model, this.#picture, entry);
  }

  placeFocus(box: number, viewport: Viewport): void {
    if (this.#model === null) return;
    this.focus.place(placeOf(stretchOf(this.#model.tree, box), viewport, this.width));
  }

  showHover(entry: Entry | null, viewport: Viewport): void {
    if (entry === null || this.#model === null) return;
    this.#hover.hidden = false;
    const { row } = stretchOf(this.#model.tree, entry.box);
    putAt(this.#hover, placeOf({ row, start: entry.start, span: entry.span }, viewport, this.width));
  }

  hideHover(): void {
    this.#hover.hidden = true;
  }

  /** Scrolls a row into sight. */
  revealRow(row: number): void {
    const top = row * ROW_HEIGHT;
    const { clientHeight } = this.#scroller;
    if (top < this.scrollTop) this.scrollTop = Math.max(0, top - ROW_HEIGHT);
    else if (top + 2 * ROW_HEIGHT > this.scrollTop + clientHeight)
      this.scrollTop = top + 2 * ROW_HEIGHT - clientHeight;
  }
}
