import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Summary, summarise } from '../summary.ts';
import { writeLargeCpuProfile } from './large-cpuprofile.ts';

/** 100 MB: an hour at 1 kHz of a program with many paths. */
const SIZE = { nodes: 246_000, samples: 3_680_000 };
const ROUNDS = 7;

const AIMS = { millis: 2000, peakMiB: 600 };

/** One conversion, as `convert-once.ts` prints it. */
interface Once {
  readonly millis: number;
  readonly samples: number;
  readonly peakMiB: number;
}

export interface ConvertReport {
  readonly bytes: number;
  readonly size: typeof SIZE;
  /** Each in a process of its own, in turn: the whole way from the file to the profile, and `JSON.parse` of the file alone. */
  readonly convert: Measured;
  readonly parse: Measured;
  readonly ratio: number;
}

interface Measured {
  readonly millis: Summary;
  readonly peakMiB: Summary;
}

/** How long a `.cpuprofile` of 100 MB takes from the file to the profile model, against a bare `JSON.parse`. */
export async function benchmarkConvert(): Promise<ConvertReport> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bench-convert-'));
  try {
    const file = path.join(folder, 'large.cpuprofile');
    const bytes = writeLargeCpuProfile(file, SIZE);
    const runs: { readonly convert: Once[]; readonly parse: Once[] } = { convert: [], parse: [] };
    for (let round = 0; round < ROUNDS; round++) {
      runs.parse.push(await once('parse', file));
      runs.convert.push(await once('convert', file));
    }
    const [convert, parse] = [measured(runs.convert), measured(runs.parse)];
    const report = { bytes, size: SIZE, convert, parse, ratio: convert.millis.median / parse.millis.median };
    print(report);
    return report;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function once(mode: 'convert' | 'parse', file: string): Promise<Once> {
  const script = path.join(import.meta.dirname, 'convert-once.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, mode, file]);
  const result: Once = JSON.parse(stdout);
  if (result.samples !== SIZE.samples)
    throw new Error(`${mode} kept ${result.samples} of ${SIZE.samples} samples`);
  return result;
}

function measured(runs: readonly Once[]): Measured {
  return {
    millis: summarise(runs.map(({ millis }) => millis)),
    peakMiB: summarise(runs.map(({ peakMiB }) => peakMiB)),
  };
}

function print({ bytes, convert, parse, ratio }: ConvertReport): void {
  const line = (what: string, { millis, peakMiB }: Measured) =>
    `  ${what.padEnd(12)} ${millis.median.toFixed(0)} ms (${millis.min.toFixed(0)}–${millis.max.toFixed(0)}), peak ${peakMiB.median.toFixed(0)} MiB`;
  console.log(`convert: a .cpuprofile of ${(bytes / 1e6).toFixed(1)} MB`);
  console.log(line('to a profile', convert));
  console.log(line('JSON.parse', parse));
  const isMet = convert.millis.median <= AIMS.millis && convert.peakMiB.max <= AIMS.peakMiB;
  console.log(
    `  ${ratio.toFixed(2)} × JSON.parse; aims ${AIMS.millis} ms and ${AIMS.peakMiB} MiB: ${isMet ? 'met' : 'MISSED'}`,
  );
}
