import type { Locator, Page } from 'playwright-core';
import type { View } from '../../../server/protocol/profile/call-tree.ts';
import type { Profile } from '../../../server/protocol/profile/profile.ts';
import { modelOf } from '../../../webview/flame/model.ts';

const ROW_HEIGHT = 20;

export interface Shown {
  readonly view: string;
  readonly boxes: number;
  readonly start: number;
  readonly span: number;
  readonly total: number;
}

export async function textOf(locator: Locator): Promise<string> {
  return (await locator.textContent()) ?? '';
}

/** What the picture says of itself. */
export async function shown(page: Page): Promise<Shown> {
  const data = await page.locator('.flame').evaluate((flame) => ({ ...(flame as HTMLElement).dataset }));
  return {
    view: data['view'] ?? '',
    boxes: Number(data['boxes']),
    start: Number(data['start']),
    span: Number(data['span']),
    total: Number(data['total']),
  };
}

/** Boxes of a profile by name, as the layout of the whole picture puts them, for a test that looks at pixels. */
export function boxesOf(profile: Profile, view: View) {
  const model = modelOf(profile, view);
  const boxes = Array.from({ length: model.tree.length }, (_, box) => ({
    box,
    name: model.name(box),
    depth: model.tree.depth[box] ?? 0,
    start: model.tree.start[box] ?? 0,
    total: model.tree.total[box] ?? 0,
  }));
  return (name: string) => {
    const found = boxes.filter((box) => box.name === name).sort((a, b) => b.total - a.total)[0];
    if (found === undefined) throw new Error(`There is no box "${name}".`);
    return found;
  };
}

interface Placed {
  readonly depth: number;
  readonly start: number;
  readonly total: number;
}

/** The point on screen at a share of a box's width, where the picture shows it now. */
export async function pointIn(page: Page, box: Placed, share = 0.5): Promise<{ x: number; y: number }> {
  const { start, span } = await shown(page);
  const area = await page.locator('.flame-content').boundingBox();
  if (area === null) throw new Error('The picture is not on screen.');
  const x = area.x + ((box.start + box.total * share - start) / span) * area.width;
  return { x, y: area.y + (box.depth + 0.5) * ROW_HEIGHT };
}

/** The colour at a point of the screen, read from the canvas: red, green, blue from 0 to 255. */
export async function pixelAt(
  page: Page,
  { x, y }: { x: number; y: number },
  canvas = '.flame-canvas',
): Promise<readonly number[]> {
  return await page.evaluate(
    (at) => {
      const canvas = document.querySelector<HTMLCanvasElement>(at.canvas);
      const context = canvas?.getContext('2d');
      if (!canvas || !context) throw new Error('There is no canvas.');
      const { left, top } = canvas.getBoundingClientRect();
      const scale = devicePixelRatio;
      const data = context.getImageData(
        Math.round((at.x - left) * scale),
        Math.round((at.y - top) * scale),
        1,
        1,
      );
      return [...data.data.slice(0, 3)];
    },
    { x, y, canvas },
  );
}

/** The colour in the third row of the minimap, below a place of the screen. */
export async function minimapPixelAt(page: Page, x: number): Promise<readonly number[]> {
  const map = await page.locator('.flame-minimap').boundingBox();
  return await pixelAt(page, { x, y: (map?.y ?? 0) + 2.5 * 4 }, '.flame-minimap-canvas');
}

/** How many pixels of the canvas are not of the background. */
export async function paintedPixels(page: Page): Promise<number> {
  return await page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.flame-canvas');
    const context = canvas?.getContext('2d');
    if (!canvas || !context) throw new Error('There is no canvas.');
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const last = data.length - 4;
    let painted = 0;
    for (let at = 0; at < data.length; at += 4) {
      const isBackground =
        data[at] === data[last] && data[at + 1] === data[last + 1] && data[at + 2] === data[last + 2];
      if (!isBackground) painted++;
    }
    return painted;
  });
}
