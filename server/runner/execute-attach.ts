import { attachAndRecord } from '../profiling/attach/attach-and-record.ts';
import { attachCost } from '../profiling/attach/attach-cost.ts';
import { parseAttachTarget } from '../profiling/attach/attach-target.ts';
import { attachedProfile } from '../profiling/attach/attached-profile.ts';
import type { AttachRequest, AttachResult } from '../protocol/attach.ts';
import { PROFILE_FILE } from '../protocol/run-files.ts';
import type { RunContext } from './run-context.ts';
import { profileFile, writeRunFiles } from './write-run-files.ts';

/** Records a process that runs already, and writes what comes of it into the run's folder. @throws AttachError */
export async function executeAttach(request: AttachRequest, context: RunContext): Promise<AttachResult> {
  const { collector, durationSeconds, samplingIntervalMicros } = request;
  const { log, progress } = context;
  const capture = await attachAndRecord({
    target: parseAttachTarget(request.target),
    collector,
    durationSeconds,
    samplingIntervalMicros,
    signal: context.signal,
    enough: context.stop,
    onProgress: progress,
    log,
  });
  progress('Reading the profile', 0, 1);
  const { profile, file } = await attachedProfile(capture, { samplingIntervalMicros, log });
  const costOfMeasuring = await attachCost(capture, context.signal);
  context.signal.throwIfAborted();
  const { program, pid, nodeVersion, address, endedBy, startedAt } = capture;
  return {
    kind: 'attach',
    program,
    ...(pid !== undefined && { pid }),
    nodeVersion,
    address,
    collector,
    endedBy,
    startedAt,
    recorded: profile.durationMicros,
    samples: profile.samples.captured.reduce((sum, captured) => sum + captured, 0),
    nodes: profile.nodes.length,
    costOfMeasuring,
    artifacts: await writeRunFiles(context.order.directory, [file, profileFile(PROFILE_FILE, profile)]),
  };
}
