import type { Percentiles } from './percentiles.ts';

/** One line of the result: a work with its aim. */
export type Figure = TimesFigure | RateFigure | ShareFigure;

/** Milliseconds of one operation; the ratio is store ÷ RAW, or ÷ what `work` says it stands against. */
export interface TimesFigure {
  readonly kind: 'times';
  readonly work: string;
  readonly raw: Percentiles;
  readonly store: Percentiles;
  /** The ratio of the medians must not exceed it. */
  readonly aim?: number;
}

/** How many per second; the ratio is store ÷ RAW. */
export interface RateFigure {
  readonly kind: 'rate';
  readonly work: string;
  readonly unit: string;
  readonly raw: number;
  readonly store: number;
  /** The ratio must not fall below it. */
  readonly aim?: number;
}

/** A part of a whole, 0 to 1. */
export interface ShareFigure {
  readonly kind: 'share';
  readonly work: string;
  readonly share: number;
  /** The share must not exceed it. */
  readonly aim?: number;
}

/** What the aim is about: a ratio, or the share itself. */
export function achieved(figure: Figure): number {
  if (figure.kind === 'share') return figure.share;
  return figure.kind === 'rate' ? figure.store / figure.raw : figure.store.p50 / figure.raw.p50;
}

/** Nothing when there is no aim. */
export function isReached(figure: Figure): boolean | undefined {
  if (figure.aim === undefined) return undefined;
  return figure.kind === 'rate' ? achieved(figure) >= figure.aim : achieved(figure) <= figure.aim;
}
