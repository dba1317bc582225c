import type { ProfileUnit } from '../../server/protocol/profile/profile.ts';
import type { Viewport } from './viewport.ts';

export interface Tick {
  /** In the profile's unit. */
  readonly at: number;
  readonly label: string;
}

interface Axis {
  readonly width: number;
  /** Pixels between two ticks at least. */
  readonly gap: number;
  readonly unit: ProfileUnit;
}

/** Round places on the axis. */
export function ticks({ start, span }: Viewport, { width, gap, unit: counted }: Axis): readonly Tick[] {
  if (!(span > 0) || width <= 0) return [];
  const step = roundStep((span / width) * gap);
  const unit = unitOf(counted, start + span, step);
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

interface Unit {
  readonly name: string;
  readonly size: number;
}

const UNITS: Readonly<Record<ProfileUnit, readonly [Unit, ...Unit[]]>> = {
  microseconds: [
    { name: 'ms', size: 1e3 },
    { name: 's', size: 1e6 },
  ],
  bytes: [
    { name: 'B', size: 1 },
    { name: 'kB', size: 1e3 },
    { name: 'MB', size: 1e6 },
    { name: 'GB', size: 1e9 },
  ],
  samples: [{ name: '', size: 1 }],
};

/** In seconds where milliseconds would need four digits, as long as three decimals tell the steps apart; so for bytes. */
function unitOf(counted: ProfileUnit, end: number, step: number): Unit {
  const [smallest, ...larger] = UNITS[counted];
  return larger.findLast(({ size }) => end >= size && step >= size / 1e3) ?? smallest;
}

/** With as many decimals as the step needs. */
function labelOf(at: number, step: number, { name, size }: Unit): string {
  const decimals = Math.max(0, -Math.floor(Math.log10(step / size) + 1e-9));
  return `${(at / size).toFixed(Math.min(20, decimals))} ${name}`.trimEnd();
}
