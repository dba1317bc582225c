import type { Viewport } from './viewport.ts';

export interface Tick {
  /** Microseconds on the axis. */
  readonly at: number;
  readonly label: string;
}

/** Round places on the axis, at least `gap` pixels apart. */
export function ticks({ start, span }: Viewport, width: number, gap: number): readonly Tick[] {
  if (!(span > 0) || width <= 0) return [];
  const step = roundStep((span / width) * gap);
  // In seconds where milliseconds would need four digits, as long as three decimals tell the steps apart.
  const unit: Unit = start + span >= 1e6 && step >= 1e3 ? 's' : 'ms';
  const made: Tick[] = [];
  // Multiples instead of a running sum: no error adds up.
  for (let index = Math.ceil(start / step); index * step <= start + span; index++) {
    made.push({ at: index * step, label: labelOf(index * step, step, unit) });
  }
  return made;
}

/** The smallest of 1, 2 or 5 times a power of ten that is not below. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= least * (1 - 1e-12)) ?? 10;
  return factor * power;
}

type Unit = keyof typeof MICROS;
const MICROS = { s: 1e6, ms: 1e3 };

/** With as many decimals as the step needs. */
function labelOf(micros: number, step: number, unit: Unit): string {
  const decimals = Math.max(0, -Math.floor(Math.log10(step / MICROS[unit]) + 1e-9));
  return `${(micros / MICROS[unit]).toFixed(Math.min(20, decimals))} ${unit}`;
}
