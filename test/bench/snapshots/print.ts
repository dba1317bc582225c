import type { SnapshotInfo } from '../../../server/eventstore/snapshot.ts';
import { simulationReport } from '../../../server/protocol/simulation-report.ts';
import type { Percentiles } from '../eventstore/percentiles.ts';
import { type HitRow, PLAIN_REPLAY, REBUILD } from './hits.ts';
import type { MemorySlopes } from './memory.ts';
import type { LoadReport } from './simulated-load.ts';
import type { FormRow } from './storage-forms.ts';

/** Times are milliseconds; the ratio is how many times as long the full rebuild took in the same run. */
export function hitLine(row: HitRow, all: readonly HitRow[]): string {
  const rebuild = all.find(({ work }) => work === REBUILD)?.times.p50 ?? Number.NaN;
  const ratio = `rebuild ÷ ${(rebuild / row.times.p50).toFixed(0)}`;
  const verdict =
    row.aim === undefined ? '' : `${row.times.p50 <= row.aim ? 'ok' : 'MISSED'} ≤ ${row.aim} ms`;
  return [row.work.padEnd(28), triple(row.times).padEnd(26), ratio.padEnd(18), verdict].join(' ').trimEnd();
}

/** What the rows say together. */
export function hitNotes(rows: readonly HitRow[], snapshots: readonly SnapshotInfo[]): readonly string[] {
  const median = (wanted: string) => rows.find(({ work }) => work === wanted)?.times.p50 ?? Number.NaN;
  const ratio = median(REBUILD) / median('warm, nothing newer');
  const bytes = snapshots[0]?.bytes ?? 0;
  return [
    replayLine(rows),
    `rebuild ÷ warm hit: ${ratio.toFixed(0)}, aim 1,000 ${ratio >= 1_000 ? 'ok' : 'MISSED'}`,
    `stored: ${(bytes / 1e6).toFixed(2)} MB, aim < 20 MB ${bytes < 20e6 ? 'ok' : 'MISSED'}`,
    ...rows.map(({ work, phases }) => `    ${work}: ${phaseText(phases)}`),
  ];
}

/** How fast the whole history goes by, against reading it with the least work. */
function replayLine(rows: readonly HitRow[]): string {
  const rate = (wanted: string) => rows.find(({ work }) => work === wanted)?.eventsPerSecond ?? Number.NaN;
  const [rebuild, plain] = [rate(REBUILD), rate(PLAIN_REPLAY)];
  const perSecond = (events: number) => Math.round(events).toLocaleString('en');
  return `full rebuild: ${perSecond(rebuild)} events/s, ${(rebuild / plain).toFixed(2)} of a plain replay into a map (${perSecond(plain)})`;
}

export function formLine({ form, storedBytes, encode, save, load, decode, cold }: FormRow): string {
  const ms = ({ p50 }: Percentiles) => p50.toFixed(0).padStart(4);
  const size = `${(storedBytes / 1e6).toFixed(2)} MB`.padStart(9);
  return `${form.padEnd(38)} ${size}  encode${ms(encode)}  save${ms(save)}  load${ms(load)}  decode${ms(decode)}  cold${ms(cold)} ms`;
}

/**
 * Books, readers and lendings are kept in memory, some hundred bytes for each of their events; a record of every operation
 * that is not let go would be thousands. The process may take some megabytes more than its heap.
 */
const HEAP_AIM = 1_000;
const RSS_AIM = 5;

export function loadLines({ summary, memory, slopes }: LoadReport): readonly string[] {
  return [
    ...simulationReport(summary).split('\n'),
    '',
    hitRateLine(summary.snapshots),
    ...memory.map(
      ({ seconds, heap, rss }) =>
        `    ${String(seconds).padStart(5)} s: heap after a collection ${heap.toFixed(1)} MB, RSS ${rss.toFixed(0)} MB`,
    ),
    ...(slopes === undefined
      ? ['memory: too few samples, use more --minutes']
      : slopeLines(slopes, (summary.events.appended / summary.seconds) * 60)),
  ];
}

function hitRateLine(snapshots: LoadReport['summary']['snapshots']): string {
  if (snapshots === undefined) return 'hit rate: nothing was asked that states are kept of';
  const { hitRate, uses, misses } = snapshots;
  const reasons = Object.entries(misses).map(([reason, count]) => `${count} ${reason}`);
  const missed = reasons.length === 0 ? 'none missed' : `missed: ${reasons.join(', ')}`;
  return `hit rate: ${(hitRate * 100).toFixed(2)} % of ${uses} (${missed}), aim > 95 % ${hitRate > 0.95 ? 'ok' : 'MISSED'}`;
}

function slopeLines({ heap, rss }: MemorySlopes, eventsPerMinute: number): string[] {
  const bytes = (heap * 1e6) / Math.max(1, eventsPerMinute);
  const megabytes = (slope: number) => `${slope.toFixed(2)} MB a minute`;
  return [
    `heap: ${megabytes(heap)}, ${bytes.toFixed(0)} bytes for each event appended, aim < ${HEAP_AIM} ${bytes < HEAP_AIM ? 'ok' : 'MISSED'}`,
    `RSS: ${megabytes(rss)}, aim < ${RSS_AIM} ${rss < RSS_AIM ? 'ok' : 'MISSED'}`,
  ];
}

function triple({ p50, p95, p99 }: Percentiles): string {
  return [p50, p95, p99].map((ms) => ms.toFixed(ms < 100 ? 2 : 0)).join(' / ');
}

function phaseText(phases: Readonly<Record<string, number>>): string {
  return Object.entries(phases)
    .filter(([, ms]) => ms >= 0.01)
    .map(([phase, ms]) => `${phase} ${ms.toFixed(2)}`)
    .join(', ');
}
