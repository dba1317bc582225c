import * as z from 'zod';
import { filePathOf } from '../../lib/file-path.ts';
import { counted, millis } from '../../protocol/figures.ts';
import type { CallFrame } from '../captured-stacks.ts';
import { loadSourceMapping, type TextThatRan } from '../sources/source-mapping.ts';
import { pageData } from './tool-page.ts';

const frameSchema = z.object({
  functionName: z.string().optional(),
  fileName: z.string().nullish(),
  lineNumber: z.number().nullish(),
  columnNumber: z.number().nullish(),
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

/** Of a short run its records may end before the first execution; that nothing was begun does not follow. */
const NOTHING_NOTED =
  'Clinic Bubbleprof noted nothing of the time in which the handler was executed. Execute it more often.';

export interface WaitsOf {
  /** The page that Bubbleprof made. */
  readonly html: string;
  /** The time to look at, in milliseconds on the monotonic clock of the process. */
  readonly from: number;
  readonly to: number;
  readonly textThatRan?: TextThatRan;
}

/**
 * What waited longest according to Clinic Bubbleprof, as sentences: asynchronous operations by the place outside of Node.js
 * that began them, each from its beginning to its first callback. They overlap, so their times have no sum.
 */
export async function bubbleprofSummary({ html, from, to, textThatRan }: WaitsOf): Promise<string[]> {
  const parsed = dataSchema.safeParse(pageData(html));
  if (!parsed.success) return [];
  const nodes = parsed.data.data.flatMap((cluster) =>
    cluster.nodes.map((node) => ({
      ...node,
      sources: node.sources.filter(({ init }) => typeof init === 'number' && init >= from && init <= to),
    })),
  );
  const begun = nodes.reduce((sum, { sources }) => sum + sources.length, 0);
  if (begun === 0) return [NOTHING_NOTED];
  const longest = waitsByPlace(nodes)
    .toSorted((a, b) => b.waitedMs - a.waitedMs)
    .slice(0, MOST);
  const frames = longest.map(({ place }) => place);
  const mapping = await loadSourceMapping(frames, textThatRan === undefined ? {} : { textThatRan });
  return [
    `Clinic Bubbleprof: ${counted(begun, 'asynchronous operation')} begun while the handler was executed.`,
    ...longest.map((wait) => {
      const { name, file, line } = mapping.frame(wait.place);
      const path = file.startsWith('file:') ? (filePathOf(file) ?? file) : file;
      const mean = millis((1000 * wait.waitedMs) / wait.count);
      return `${counted(wait.count, 'time')} something was begun in ${name} at ${path}:${line}, and waited ${mean} ms on average.`;
    }),
  ];
}

interface Wait {
  readonly place: CallFrame;
  waitedMs: number;
  count: number;
}

function waitsByPlace(nodes: readonly AsyncNode[]): Wait[] {
  const waits = new Map<string, Wait>();
  for (const node of nodes) {
    const place = placeOf(node);
    if (place === undefined) continue;
    const key = `${place.functionName} ${place.url}:${place.lineNumber}:${place.columnNumber}`;
    const wait = waits.get(key) ?? { place, waitedMs: 0, count: 0 };
    for (const { init, before } of node.sources) {
      const first = before[0];
      if (typeof init !== 'number' || first === undefined) continue;
      wait.waitedMs += first - init;
      wait.count += 1;
    }
    if (wait.count > 0) waits.set(key, wait);
  }
  return [...waits.values()];
}

/** The innermost function outside of Node.js; undefined where Node.js began the operation for itself. */
function placeOf({ frames }: AsyncNode): CallFrame | undefined {
  const own = frames.find(({ fileName }) => fileName && !fileName.startsWith('node:'));
  if (own === undefined) return undefined;
  return {
    functionName: own.functionName ?? '',
    scriptId: '0',
    url: urlOf(own.fileName ?? ''),
    lineNumber: (own.lineNumber ?? 0) - 1,
    columnNumber: (own.columnNumber ?? 0) - 1,
  };
}

/** Bubbleprof takes URLs for paths, and paths relative to the program. */
function urlOf(fileName: string): string {
  const url = fileName.indexOf('file:/');
  return url === -1
    ? fileName.replace(/^(\.\.?[/\\])+/, '')
    : fileName.slice(url).replace(/^file:\/+/, 'file:///');
}
