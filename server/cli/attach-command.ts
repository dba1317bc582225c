import path from 'node:path';
import { writeFileAtomically } from '../lib/write-file-atomically.ts';
import { type AttachedCapture, attachAndRecord } from '../profiling/attach/attach-and-record.ts';
import { attachCost } from '../profiling/attach/attach-cost.ts';
import { parseAttachTarget } from '../profiling/attach/attach-target.ts';
import { attachedProfile } from '../profiling/attach/attached-profile.ts';
import type { AttachRequest } from '../protocol/attach.ts';
import type { RecordingCost } from '../protocol/measuring-cost.ts';
import { parseRunRequest } from '../protocol/parse-run-request.ts';
import { attachReport } from './attach-report.ts';
import { checkOutFile } from './check-out-file.ts';
import { millisOf } from './duration-value.ts';
import { CancelledError, EXIT, type ExitCode } from './exit-code.ts';
import { listenForInterrupt } from './interrupt.ts';
import { numberOrText } from './option-values.ts';
import { ProgressLine } from './progress-line.ts';
import { UsageError } from './usage-error.ts';

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

const FLAGS: Readonly<Record<string, string>> = {
  target: '<process>',
  collector: '--collector',
  durationSeconds: '--duration',
  samplingIntervalMicros: '--sampling-interval',
};

function attachRequestOf(target: string, options: AttachCommandOptions): AttachRequest {
  const parsed = parseRunRequest({
    kind: 'attach',
    target,
    ...(options.collector !== undefined && { collector: options.collector }),
    ...(options.duration !== undefined && {
      durationSeconds: millisOf('--duration', options.duration) / 1e3,
    }),
    ...(options.samplingInterval !== undefined && {
      samplingIntervalMicros: numberOrText(options.samplingInterval),
    }),
  });
  if (parsed.ok && parsed.request.kind === 'attach') return parsed.request;
  if (parsed.ok) throw new TypeError('The schema gave another kind of request back');
  const { message, advice = '', field = '' } = parsed.error;
  const flag = FLAGS[field] ?? field;
  throw new UsageError(message.replaceAll(field, flag), advice.replaceAll(field, flag));
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
