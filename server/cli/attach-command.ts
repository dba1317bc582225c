import path from 'node:path';
import { writeFileAtomically } from '../lib/write-file-atomically.ts';
import { type AttachedCapture, attachAndRecord } from '../profiling/attach/attach-and-record.ts';
import { attachCost } from '../profiling/attach/attach-cost.ts';
import { parseAttachTarget } from '../profiling/attach/attach-target.ts';
import { attachedProfile } from '../profiling/attach/attached-profile.ts';
import type { AttachRequest } from '../protocol/attach.ts';
import type { RecordingCost } from '../protocol/measuring-cost.ts';
import { attachReport } from './attach-report.ts';
import { checkOutFile } from './check-out-file.ts';
import { timeIn } from './duration-value.ts';
import { CancelledError, EXIT, type ExitCode } from './exit-code.ts';
import { listenForInterrupt } from './interrupt.ts';
import { ProgressLine } from './progress-line.ts';
import { type OptionNames, requestFrom } from './request-from.ts';

export interface AttachCommandOptions {
  readonly collector?: string;
  /** `10s`, `500ms`, `2m`. */
  readonly duration?: string;
  readonly samplingInterval?: string;
  readonly out?: string;
  /** Write over a file that is there. */
  readonly force: boolean;
  /** Print the facts as JSON instead of tables. */
  readonly json: boolean;
}

/**
 * `attach <process>`: records a process that runs already. It needs no server and no database, so it starts none. Ctrl+C
 * ends the recording early and keeps what is there; a second one drops it. @throws UsageError, AttachError, CancelledError
 */
export async function attachCommand(target: string, options: AttachCommandOptions): Promise<ExitCode> {
  const request = attachRequestOf(target, options);
  const parsed = parseAttachTarget(request.target);
  if (options.out !== undefined) await checkOutFile(options.out, options.force);
  const progress = new ProgressLine(process.stderr);
  const dropped = new AbortController();
  using interrupt = listenForInterrupt(() => dropped.abort());
  const log = (line: string) => progress.note(line);
  try {
    const { collector, durationSeconds, samplingIntervalMicros } = request;
    const capture = await attachAndRecord({
      target: parsed,
      collector,
      durationSeconds,
      samplingIntervalMicros,
      signal: dropped.signal,
      enough: interrupt.signal,
      onProgress: (step, done, total) => progress.show(step, total > 0 ? done / total : undefined),
      log,
    });
    const { profile, file } = await attachedProfile(capture, { samplingIntervalMicros, log });
    const cost = await attachCost(capture, dropped.signal);
    progress.clear();
    const out = options.out ?? fileNameOf(capture, path.extname(file.name));
    await writeFileAtomically(out, file.data);
    console.log(options.json ? factsOf(capture, cost, out) : attachReport(capture, profile, cost));
    console.error(`Written: ${out}`);
    return EXIT.ok;
  } catch (error) {
    throw dropped.signal.aborted ? new CancelledError('Cancelled', { cause: error }) : error;
  } finally {
    progress.clear();
  }
}

const NAMES: OptionNames = {
  target: { flag: '<process>' },
  collector: { flag: '--collector' },
  durationSeconds: { flag: '--duration', unit: 's' },
  samplingIntervalMicros: { flag: '--sampling-interval', unit: 'us' },
};

function attachRequestOf(target: string, options: AttachCommandOptions): AttachRequest {
  const { collector, duration, samplingInterval } = options;
  const fields = {
    target,
    collector,
    durationSeconds: duration === undefined ? undefined : timeIn('s', '--duration', duration),
    samplingIntervalMicros:
      samplingInterval === undefined ? undefined : timeIn('us', '--sampling-interval', samplingInterval),
  };
  return requestFrom('attach', fields, NAMES);
}

/** In the folder where the command was typed: what is recorded belongs to no workspace. */
function fileNameOf({ program, pid, startedAt }: AttachedCapture, extension: string): string {
  const name =
    path
      .basename(program)
      .replace(/\.[cm]?[jt]s$/, '')
      .replace(/[^\w.-]+/g, '-') || 'node';
  const time = startedAt.replace(/\..*$/, '').replace(/[-:]/g, '').replace('T', '-');
  return [name, ...(pid === undefined ? [] : [pid]), `${time}${extension}`].join('-');
}

function factsOf(
  { recorded: _, ...facts }: AttachedCapture,
  costOfMeasuring: RecordingCost,
  file: string,
): string {
  return JSON.stringify({ ...facts, costOfMeasuring, file }, null, 2);
}
