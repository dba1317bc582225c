import { readTheme } from '../colour/read-theme.ts';
import type { Theme } from '../colour/theme.ts';
import { element } from '../element.ts';
import { canvasFont, draw, hatchPattern, ROW_HEIGHT } from './draw.ts';
import { FocusBox } from './focus-box.ts';
import { hitTest } from './hit-test.ts';
import { layout } from './layout.ts';
import { Minimap } from './minimap.ts';
import type { Model } from './model.ts';
import { Paints } from './paint.ts';
import type { Picture } from './picture.ts';
import { Ruler } from './ruler.ts';
import { Surface } from './surface.ts';
import { TextFit } from './text-fit.ts';
import type { Axis, Viewport } from './viewport.ts';

export interface StageActions {
  /** The picture has to be drawn again: another size, another place. */
  changed(): void;
  centred(share: number): void;
}

/** What there is at a place of the picture. */
export interface Entry {
  readonly box: number;
  /** Boxes in it; more than one for a run of boxes too narrow to draw. */
  readonly count: number;
  /** Microseconds on the axis. */
  readonly start: number;
  readonly span: number;
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
  #theme: Theme;
  #paints: Paints;
  #text: TextFit | null = null;
  #hatch: CanvasPattern | null = null;
  #pixelRatio = 0;
  #picture: Picture | null = null;
  #model: Model | null = null;
  #isMinimapDue = true;

  constructor(actions: StageActions) {
    this.#minimap = new Minimap(actions.centred);
    this.root = element(
      'div',
      { class: 'flame-stage' },
      this.#minimap.root,
      this.#ruler.root,
      this.#scroller,
    );
    this.#theme = readTheme();
    this.#paints = new Paints(this.#theme);
    this.#hover.hidden = true;
    this.#scroller.addEventListener('scroll', () => actions.changed());
    new ResizeObserver(() => {
      this.#isMinimapDue = true;
      actions.changed();
    }).observe(this.#scroller);
  }

  get theme(): Theme {
    return this.#theme;
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
    return { total: tree.total[0] ?? 0, width: Math.max(1, this.#scroller.clientWidth) };
  }

  takeTheme(): void {
    this.#theme = readTheme();
    this.#paints = new Paints(this.#theme);
    this.#pixelRatio = 0;
    this.#isMinimapDue = true;
  }

  takeModel(model: Model): void {
    this.#model = model;
    this.#isMinimapDue = true;
    this.content.style.height = `${model.rows.count * ROW_HEIGHT}px`;
  }

  /** Draws the model that was taken. Returns how many boxes and runs were drawn. */
  render(model: Model, viewport: Viewport, isSetBack: (box: number) => boolean): number {
    const { clientWidth: width, clientHeight: height } = this.#scroller;
    this.#surface.resize(width, height);
    this.#takePixelRatio(this.#surface.pixelRatio);
    const { context, pixelRatio } = this.#surface;
    const firstRow = Math.floor(this.#scroller.scrollTop / ROW_HEIGHT);
    const picture = layout(model.tree, model.rows, {
      viewport,
      width: this.#surface.canvas.width,
      firstRow,
      rowCount: Math.min(Math.max(0, model.rows.count - firstRow), Math.ceil(height / ROW_HEIGHT) + 1),
    });
    this.#picture = picture;
    const text = this.#textFit();
    draw(context, {
      model,
      picture,
      theme: this.#theme,
      paints: this.#paints,
      text,
      hatch: this.#hatch,
      pixelRatio,
      offset: Math.round((this.#scroller.scrollTop - firstRow * ROW_HEIGHT) * pixelRatio),
      isSetBack: (entry) => runIsSetBack(picture, entry, model, isSetBack),
    });
    this.#ruler.draw(viewport, width, this.#theme);
    this.#minimap.frame(viewport, model.tree.total[0] ?? 0);
    if (this.#isMinimapDue) {
      this.#minimap.draw(model, width, this.#theme, this.#paints);
      this.#isMinimapDue = false;
    }
    return picture.length;
  }

  /** `x` and `y` in CSS pixels of the content. */
  entryAt(x: number, y: number): Entry | null {
    if (this.#picture === null || this.#model === null) return null;
    const entry = hitTest(
      this.#picture,
      Math.floor(x * this.#surface.pixelRatio),
      Math.floor(y / ROW_HEIGHT),
    );
    return entry < 0 ? null : this.#describe(this.#model, this.#picture, entry);
  }

  placeFocus(box: number, viewport: Viewport): void {
    if (this.#model !== null) this.focus.place(this.#placeOf(this.#model, box, viewport));
  }

  showHover(entry: Entry | null, viewport: Viewport): void {
    if (entry === null || this.#model === null) return;
    this.#hover.hidden = false;
    const { top, height } = this.#placeOf(this.#model, entry.box, viewport);
    const { left, width } = this.#stretch(entry.start, entry.span, viewport);
    Object.assign(this.#hover.style, {
      left: `${left}px`,
      width: `${width}px`,
      top: `${top}px`,
      height: `${height}px`,
    });
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

  #takePixelRatio(pixelRatio: number): void {
    if (pixelRatio === this.#pixelRatio) return;
    this.#pixelRatio = pixelRatio;
    this.#text = null;
    this.#hatch = hatchPattern(this.#surface.context, this.#theme, pixelRatio);
  }

  #textFit(): TextFit {
    const { context } = this.#surface;
    if (this.#text === null) {
      context.font = canvasFont(this.#theme, this.#pixelRatio);
      this.#text = new TextFit((text) => {
        context.font = canvasFont(this.#theme, this.#pixelRatio);
        return context.measureText(text).width;
      });
    }
    return this.#text;
  }

  #describe({ tree, rows }: Model, picture: Picture, entry: number): Entry {
    const first = picture.first[entry] ?? 0;
    const count = picture.count[entry] ?? 1;
    const last = rows.order[first + count - 1] ?? 0;
    const start = tree.start[rows.order[first] ?? 0] ?? 0;
    const end = (tree.start[last] ?? 0) + (tree.total[last] ?? 0);
    return { box: picture.box[entry] ?? 0, count, start, span: end - start };
  }

  #placeOf({ tree }: Model, box: number, viewport: Viewport) {
    const { left, width } = this.#stretch(tree.start[box] ?? 0, tree.total[box] ?? 0, viewport);
    return { left, width, top: (tree.depth[box] ?? 0) * ROW_HEIGHT, height: ROW_HEIGHT - 1 };
  }

  /** A stretch of the axis in CSS pixels, cut at the edges; never so narrow that it cannot be seen or clicked. */
  #stretch(start: number, span: number, viewport: Viewport): { left: number; width: number } {
    const screen = this.#scroller.clientWidth;
    const scale = viewport.span > 0 ? screen / viewport.span : 0;
    const from = Math.max(0, (start - viewport.start) * scale);
    const to = Math.min(screen, (start + span - viewport.start) * scale);
    const width = Math.max(4, to - from);
    return { left: Math.max(0, Math.min(from, screen - width)), width };
  }
}

/** A run steps back only if all of its boxes do: a match must not hide among its neighbours. */
function runIsSetBack(
  picture: Picture,
  entry: number,
  { rows }: Model,
  isSetBack: (box: number) => boolean,
): boolean {
  const first = picture.first[entry] ?? 0;
  const end = first + (picture.count[entry] ?? 1);
  for (let at = first; at < end; at++) {
    if (!isSetBack(rows.order[at] ?? 0)) return false;
  }
  return true;
}
