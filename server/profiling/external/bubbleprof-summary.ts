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
 * What waited longest according to Clinic Bubbleprof, as sentences: asynchronous operations by the place that began them,
 * each from its beginning to its first callback. They overlap, so their times have no sum.
 */
export function bubbleprofSummary(html: string): string[] {
  const parsed = dataSchema.safeParse(pageData(html));
  if (!parsed.success) return [];
  const nodes = parsed.data.data.flatMap((cluster) => cluster.nodes);
  const begun = nodes.reduce((sum, { sources }) => sum + sources.length, 0);
  const waits = nodes.map(waitOf).filter(({ waitedMs }) => waitedMs > 0);
  waits.sort((a, b) => b.waitedMs - a.waitedMs);
  return [
    `Clinic Bubbleprof: ${counted(begun, 'asynchronous operation')} from ${counted(nodes.length, 'place')} in the code.`,
    ...waits
      .slice(0, MOST)
      .map(
        ({ node, waitedMs, count }) =>
          `Waited ${millis((1000 * waitedMs) / count)} ms on average for each of ${counted(count, node.type ?? 'operation')}${placeOf(node)}.`,
      ),
  ];
}

function waitOf(node: AsyncNode): { node: AsyncNode; waitedMs: number; count: number } {
  let waitedMs = 0;
  let count = 0;
  for (const { init, before } of node.sources) {
    const first = before[0];
    if (typeof init !== 'number' || first === undefined) continue;
    waitedMs += first - init;
    count += 1;
  }
  return { node, waitedMs, count };
}

/** The innermost function outside of Node.js. */
function placeOf({ frames }: AsyncNode): string {
  const own = frames.find(({ fileName }) => fileName && !fileName.startsWith('node:'));
  if (own === undefined) return '';
  const name = own.functionName ? `${own.functionName} at ` : '';
  return ` begun by ${name}${own.fileName}:${own.lineNumber ?? 0}`;
}
