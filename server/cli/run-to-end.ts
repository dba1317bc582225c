import type { RunOrder, ServerClient } from '../protocol/client.ts';
import type { Run } from '../protocol/run.ts';
import { ServerRequestError } from '../protocol/server-request-error.ts';
import { untilFirst } from './open-runs.ts';
import type { ProgressLine } from './progress-line.ts';

interface RunToEnd {
  readonly signal: AbortSignal;
  readonly progress: ProgressLine;
  /** Told the run once its operations are being recorded: from then on it can be stopped. */
  readonly recording?: (id: string) => void;
}

/**
 * Has a run executed and shows its progress; cancels it when the signal is aborted.
 * @throws ServerRequestError when the run fails
 */
export async function runToEnd(
  client: ServerClient,
  request: RunOrder,
  { signal, progress, recording }: RunToEnd,
): Promise<Run> {
  const { id } = await client.createRun(request, { signal });
  let isRecording = false;
  try {
    await untilFirst(client, id, { signal, say: (line) => progress.note(line) });
    for await (const event of client.followRun(id, { signal })) {
      if (event.type === 'progress')
        progress.show(event.step, event.total > 0 ? event.done / event.total : undefined);
      if (event.type === 'progress' && event.step.startsWith(RECORDING) && !isRecording) {
        isRecording = true;
        recording?.(id);
      }
      if (event.type === 'log') {
        progress.clear();
        console.error(event.message);
      }
      if (event.type === 'done') return succeeded(event.run);
    }
  } catch (error) {
    if (signal.aborted) await client.cancelRun(id);
    throw error;
  }
  throw new TypeError('The events of the run ended without its end');
}

/** How the step begins in which operations are recorded. */
const RECORDING = 'Profiling ';

function succeeded(run: Run): Run {
  if (run.state === 'succeeded') return run;
  const error = run.error ?? { code: 'cancelled', message: 'The run was cancelled by somebody else.' };
  throw new ServerRequestError(error, 0);
}
