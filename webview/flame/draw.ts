import { toCss } from '../colour/contrast.ts';
import type { Theme } from '../colour/theme.ts';
import { ROW_HEIGHT } from './box-place.ts';
import type { Model } from './model.ts';
import type { Paint, Paints } from './paint.ts';
import type { Patterns } from './patterns.ts';
import type { Picture } from './picture.ts';
import type { TextFit } from './text-fit.ts';

/** CSS pixels. */
const FONT_SIZE = 12;
const SMALLEST_LABEL = 20;
const PADDING = 5;

/** What a drawing is made of; `isSetBack` tells which entries of the picture step back behind a search or the legend. */
export interface Scene {
  readonly model: Model;
  readonly picture: Picture;
  readonly theme: Theme;
  readonly paints: Paints;
  readonly text: TextFit;
  readonly patterns: Patterns;
  readonly pixelRatio: number;
  /** Device pixels by which the first row is scrolled out above the upper edge. */
  readonly offset: number;
  isSetBack(entry: number): boolean;
}

/** Paints the whole visible picture. Canvas calls only: geometry comes from the layout, colours from the paints. */
export function draw(context: CanvasRenderingContext2D, scene: Scene): void {
  const { canvas } = context;
  context.fillStyle = toCss(scene.theme.background);
  context.fillRect(0, 0, canvas.width, canvas.height);
  drawBoxes(context, scene);
  drawLabels(context, scene);
}

export function canvasFont(theme: Theme, pixelRatio: number): string {
  return `${FONT_SIZE * pixelRatio}px ${theme.fontFamily}`;
}

function drawBoxes(context: CanvasRenderingContext2D, scene: Scene): void {
  const { picture, model, paints } = scene;
  let fill = '';
  forEachEntry(scene, (entry, top, height) => {
    const box = picture.box[entry] ?? 0;
    const paint = paints.of(model.styleKeys[box] ?? 0, scene.isSetBack(entry));
    const left = picture.left[entry] ?? 0;
    const width = (picture.right[entry] ?? 0) - left;
    const isRun = (picture.count[entry] ?? 0) > 1;
    const wanted = isRun ? paint.thin : paint.fill;
    if (wanted !== fill) {
      fill = wanted;
      context.fillStyle = wanted;
    }
    // A gap on the right tells neighbours of one colour apart; narrow boxes cannot spare the pixel.
    const gap = width > 3 * scene.pixelRatio ? scene.pixelRatio : 0;
    context.fillRect(left, top, width - gap, height);
    if (width < 4 || isRun) return;
    const pattern = paint.pattern === null ? null : scene.patterns[paint.pattern];
    if (pattern !== null) {
      context.fillStyle = pattern;
      context.fillRect(left, top, width - gap, height);
      fill = '';
    }
    if (paint.outline !== null)
      outline(context, paint, { left, top, width: width - gap, height, line: scene.pixelRatio });
  });
}

interface Outline {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly line: number;
}

function outline(
  context: CanvasRenderingContext2D,
  paint: Paint,
  { left, top, width, height, line }: Outline,
): void {
  context.strokeStyle = paint.outline ?? '';
  context.lineWidth = line;
  if (paint.isDashed) context.setLineDash([4 * line, 3 * line]);
  context.strokeRect(left + line / 2, top + line / 2, width - line, height - line);
  if (paint.isDashed) context.setLineDash([]);
}

function drawLabels(context: CanvasRenderingContext2D, scene: Scene): void {
  const { picture, model, paints, pixelRatio } = scene;
  const padding = PADDING * pixelRatio;
  context.font = canvasFont(scene.theme, pixelRatio);
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.direction = 'ltr';
  forEachEntry(scene, (entry, top, height) => {
    const left = picture.left[entry] ?? 0;
    const width = (picture.right[entry] ?? 0) - left;
    if (width < SMALLEST_LABEL * pixelRatio || (picture.count[entry] ?? 0) > 1) return;
    const box = picture.box[entry] ?? 0;
    const paint = paints.of(model.styleKeys[box] ?? 0, scene.isSetBack(entry));
    const room = width - 2 * padding;
    const name = scene.text.fit(model.name(box), room);
    if (name === '') return;
    const middle = top + height / 2 + pixelRatio / 2;
    drawText(context, paint.text, name, left + padding, middle);
    drawNote(context, scene, { box, name, room, paint, x: left + padding, y: middle });
  });
}

interface NoteLabel {
  readonly box: number;
  readonly name: string;
  readonly room: number;
  readonly paint: Paint;
  readonly x: number;
  readonly y: number;
}

/** The longest note that fits behind the name. */
function drawNote(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { box, name, room, paint, x, y }: NoteLabel,
): void {
  const before = scene.text.width(name) + 10 * scene.pixelRatio;
  const fits = (note: string) => note !== '' && before + scene.text.width(note) <= room;
  const note = [scene.model.note(box), scene.model.shortNote(box)].find(fits);
  if (note !== undefined) drawText(context, paint.quiet, note, x + before, y);
}

function drawText(
  context: CanvasRenderingContext2D,
  colour: string,
  text: string,
  x: number,
  y: number,
): void {
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

function forEachEntry(
  { picture, pixelRatio, offset }: Scene,
  visit: (entry: number, top: number, height: number) => void,
): void {
  const rowHeight = Math.round(ROW_HEIGHT * pixelRatio);
  const height = rowHeight - Math.max(1, Math.round(pixelRatio));
  for (let row = 0; row < picture.rowCount; row++) {
    const end = picture.rowStart[row + 1] ?? 0;
    for (let entry = picture.rowStart[row] ?? 0; entry < end; entry++)
      visit(entry, row * rowHeight - offset, height);
  }
}
