import { amount, counted } from '../protocol/figures.ts';
import type { Run } from '../protocol/run.ts';
import { table } from '../protocol/table.ts';
import { onOneLine } from './foreign-text.ts';

/** A line for each run, to take its id from. */
export function runTable(runs: readonly Run[], now: Date): string {
  const rows = runs.map((run) => [
    run.id,
    run.request.kind,
    shortened(onOneLine(subjectOf(run))),
    run.state,
    localTime(new Date(run.createdAt)),
    tookText(tookMillis(run, now)),
    collectorOf(run),
  ]);
  return table(['run', 'kind', 'what', 'state', 'when', 'took', 'recorded by'], rows, [0, 1, 2, 3, 4, 6]);
}

/** From its begin, or as long as it goes on; null where it never began, or its end is not known. */
export function tookMillis({ state, createdAt, startedAt, endedAt }: Run, now: Date): number | null {
  if (endedAt === undefined && state !== 'running') return null;
  const end = endedAt === undefined ? now : new Date(endedAt);
  return Math.max(0, end.getTime() - new Date(startedAt ?? createdAt).getTime());
}

function subjectOf({ request, subject }: Run): string {
  switch (request.kind) {
    case 'profile':
      return request.handler + (request.snapshots === 'off' ? '' : `, snapshots ${request.snapshots}`);
    case 'explain':
      if (subject === undefined) return `statement ${request.statement} of ${request.run}`;
      return `${subject.handler}: ${subject.statement}`;
    case 'simulation':
      return `${amount(request.rate)}/s for ${request.durationSeconds} s`;
    case 'seed':
      return counted(request.events, 'event');
    case 'attach':
      return `process ${request.target}`;
  }
}

function collectorOf({ request }: Run): string {
  return request.kind === 'profile' || request.kind === 'attach' ? request.collector : '';
}

const LONGEST = 60;

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1).toWellFormed()}…` : text;
}

/** As clocks here show it, in the order that sorts. */
function localTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}

/** `0.4 s`, `12 s`, `2 min 5 s`. */
function tookText(millis: number | null): string {
  if (millis === null) return '';
  const seconds = millis / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  return `${amount(Math.floor(whole / 60))} min ${whole % 60} s`;
}
