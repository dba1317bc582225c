import type { SnapshotInfo } from '../../../server/eventstore/snapshot.ts';
import type { Percentiles } from '../eventstore/percentiles.ts';
import type { HitRow } from './hits.ts';
import type { LoadReport } from './mixed-load.ts';
import type { FormRow } from './storage-forms.ts';

/** Times are milliseconds; the ratio is how many times as long the full rebuild took in the same run. */
export function hitLine(row: HitRow, all: readonly HitRow[]): string {
  const rebuild = all.find(({ work }) => work === 'full rebuild')?.times.p50 ?? Number.NaN;
  const ratio = `rebuild ÷ ${(rebuild / row.times.p50).toFixed(0)}`;
  const verdict =
    row.aim === undefined ? '' : `${row.times.p50 <= row.aim ? 'ok' : 'MISSED'} ≤ ${row.aim} ms`;
  return [row.work.padEnd(28), triple(row.times).padEnd(26), ratio.padEnd(18), verdict].join(' ').trimEnd();
}

/** What the rows say together. */
export function hitNotes(rows: readonly HitRow[], snapshots: readonly SnapshotInfo[]): readonly string[] {
  const median = (wanted: string) => rows.find(({ work }) => work === wanted)?.times.p50 ?? Number.NaN;
  const ratio = median('full rebuild') / median('warm, nothing newer');
  const bytes = snapshots[0]?.bytes ?? 0;
  return [
    `rebuild ÷ warm hit: ${ratio.toFixed(0)}, aim 1,000 ${ratio >= 1_000 ? 'ok' : 'MISSED'}`,
    `stored: ${(bytes / 1e6).toFixed(2)} MB, aim < 20 MB ${bytes < 20e6 ? 'ok' : 'MISSED'}`,
    ...rows.map(({ work, phases }) => `    ${work}: ${phaseText(phases)}`),
  ];
}

export function formLine({ form, storedBytes, encode, save, load, decode, cold }: FormRow): string {
  const ms = ({ p50 }: Percentiles) => p50.toFixed(0).padStart(4);
  const size = `${(storedBytes / 1e6).toFixed(2)} MB`.padStart(9);
  return `${form.padEnd(38)} ${size}  encode${ms(encode)}  save${ms(save)}  load${ms(load)}  decode${ms(decode)}  cold${ms(cold)} ms`;
}

export function loadLines(load: LoadReport): readonly string[] {
  const { handlers, saves } = load.figures;
  const perSecond = (count: number) => Math.round(count / load.seconds);
  return [
    `load: ${perSecond(load.commands)} commands/s, ${load.conflicts} conflicts, ${perSecond(load.queries)} queries/s`,
    `BooksInCirculation under load: ${triple(load.queryTimes)} ms`,
    `hit rate: ${(load.hitRate * 100).toFixed(2)} %, aim > 95 % ${load.hitRate > 0.95 ? 'ok' : 'MISSED'}`,
    ...Object.entries(handlers).map(([name, uses]) => `    ${name}: ${JSON.stringify(uses)}`),
    `    saves: ${JSON.stringify(saves)}`,
    `heap after collections: ${load.heap.join(' ')} MB`,
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
