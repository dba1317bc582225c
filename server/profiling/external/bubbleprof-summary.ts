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

const ELSEWHERE =
  'What the handler waits for, --collector v8-cpu tells too: by phase and statement, with the time of each.';

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
  const all = parsed.data.data.flatMap((cluster) => cluster.nodes);
  const nodes = all.map((node) => ({
    ...node,
    sources: node.sources.filter(({ init }) => typeof init === 'number' && init >= from && init <= to),
  }));
  const begun = nodes.reduce((sum, { sources }) => sum + sources.length, 0);
  if (begun === 0) return nothingNoted(beginnings(all), { from, to });
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

function beginnings(nodes: readonly AsyncNode[]): number[] {
  return nodes.flatMap(({ sources }) =>
    sources.flatMap(({ init }) => (typeof init === 'number' && init > 0 ? [init] : [])),
  );
}

/**
 * Why there is nothing between the two times. Records behind them say that there was nothing to note. Without any, the
 * tool had stopped noting: seen with handlers from a config file that begin nothing themselves, at 50 executions as at
 * 2,000, so that to execute them more often is no help.
 */
function nothingNoted(begun: readonly number[], { from, to }: Pick<WaitsOf, 'from' | 'to'>): string[] {
  if (begun.some((init) => init > to)) {
    return [
      'Clinic Bubbleprof: the handler began no asynchronous operation while it was executed; some were noted behind it, so the record is whole.',
      'It waits for nothing that could be drawn: --collector v8-cpu or 0x show what it computes.',
    ];
  }
  const last = begun.reduce((latest, init) => Math.max(latest, init), 0);
  if (last === 0) return [`Clinic Bubbleprof noted no asynchronous operation at all. ${ELSEWHERE}`];
  return [
    `Clinic Bubbleprof noted ${counted(begun.length, 'asynchronous operation')}, the last of them ${millis(1000 * (from - last))} ms before the first execution, and nothing from there on: its page shows how the process started, not the handler.`,
    ELSEWHERE,
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
