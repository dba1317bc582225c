import * as z from 'zod';
import { counted, millis } from '../../protocol/figures.ts';
import { pageData } from './tool-page.ts';

const frameSchema = z.object({
  functionName: z.string().optional(),
  fileName: z.string().nullish(),
  lineNumber: z.number().nullish(),
});

const nodeSchema = z.object({
  type: z.string().nullish(),
  frames: z.array(frameSchema).default([]),
  sources: z
    .array(z.object({ init: z.number().nullish(), before: z.array(z.number()).default([]) }))
    .default([]),
});

const dataSchema = z.object({ data: z.array(z.object({ nodes: z.array(nodeSchema).default([]) })) });

type AsyncNode = z.infer<typeof nodeSchema>;

const MOST = 5;

/**
 * What waited longest according to Clinic Bubbleprof, as sentences: asynchronous operations by the place outside of Node.js
 * that began them, each from its beginning to its first callback. They overlap, so their times have no sum.
 */
export function bubbleprofSummary(html: string): string[] {
  const parsed = dataSchema.safeParse(pageData(html));
  if (!parsed.success) return [];
  const nodes = parsed.data.data.flatMap((cluster) => cluster.nodes);
  const begun = nodes.reduce((sum, { sources }) => sum + sources.length, 0);
  const waits = [...waitsByPlace(nodes)].toSorted(([, a], [, b]) => b.waitedMs - a.waitedMs);
  return [
    `Clinic Bubbleprof: ${counted(begun, 'asynchronous operation')}.`,
    ...waits.slice(0, MOST).map(([place, wait]) => sentence(place, wait)),
  ];
}

interface Wait {
  waitedMs: number;
  count: number;
}

function waitsByPlace(nodes: readonly AsyncNode[]): Map<string, Wait> {
  const waits = new Map<string, Wait>();
  for (const node of nodes) {
    const place = placeOf(node);
    if (place === undefined) continue;
    const wait = waits.get(place) ?? { waitedMs: 0, count: 0 };
    for (const { init, before } of node.sources) {
      const first = before[0];
      if (typeof init !== 'number' || first === undefined) continue;
      wait.waitedMs += first - init;
      wait.count += 1;
    }
    if (wait.count > 0) waits.set(place, wait);
  }
  return waits;
}

/** The innermost function outside of Node.js; undefined where Node.js began the operation for itself. */
function placeOf({ frames }: AsyncNode): string | undefined {
  const own = frames.find(({ fileName }) => fileName && !fileName.startsWith('node:'));
  if (own === undefined) return undefined;
  const name = own.functionName ? `${own.functionName} at ` : '';
  return `${name}${own.fileName}:${own.lineNumber ?? 0}`;
}

function sentence(place: string, { waitedMs, count }: Wait): string {
  const mean = millis((1000 * waitedMs) / count);
  return `${counted(count, 'time')} something was begun in ${place}, and waited ${mean} ms on average.`;
}
