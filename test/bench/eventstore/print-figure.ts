import { achieved, type Figure, isReached, type TimesFigure } from './figure.ts';
import type { Percentiles } from './percentiles.ts';

const WIDTH = 62;

export const heading = [
  'work'.padEnd(WIDTH),
  'RAW p50/p95/p99'.padEnd(22),
  'store p50/p95/p99'.padEnd(22),
  'ratio p50/p95/p99'.padEnd(18),
  'aim',
].join(' ');

/** One line of the table. Times are milliseconds. */
export function lineOf(figure: Figure): string {
  const columns = [figure.work.padEnd(WIDTH), ...cells(figure), verdict(figure)];
  return columns.join(' ').trimEnd();
}

function cells(figure: Figure): string[] {
  switch (figure.kind) {
    case 'times':
      return [
        triple(figure.raw, 3).padEnd(22),
        triple(figure.store, 3).padEnd(22),
        ratios(figure).padEnd(18),
      ];
    case 'rate': {
      const rate = (value: number) => `${Math.round(value).toLocaleString('en')} ${figure.unit}`.padEnd(22);
      return [rate(figure.raw), rate(figure.store), achieved(figure).toFixed(2).padEnd(18)];
    }
    case 'share':
      return [''.padEnd(22), ''.padEnd(22), percent(figure.share).padEnd(18)];
  }
}

function verdict(figure: Figure): string {
  if (figure.aim === undefined) return '';
  const aim = figure.kind === 'share' ? percent(figure.aim) : figure.aim.toFixed(2);
  return `${figure.kind === 'rate' ? '≥' : '≤'} ${aim} ${isReached(figure) ? 'ok' : 'MISSED'}`;
}

function ratios({ raw, store }: TimesFigure): string {
  return triple({ p50: store.p50 / raw.p50, p95: store.p95 / raw.p95, p99: store.p99 / raw.p99 }, 2);
}

function triple({ p50, p95, p99 }: Percentiles, digits: number): string {
  return [p50, p95, p99].map((value) => value.toFixed(digits)).join(' / ');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
