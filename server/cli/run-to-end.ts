import type { RunOrder, ServerClient } from '../protocol/client.ts';
import type { Run } from '../protocol/run.ts';
import { ServerRequestError } from '../protocol/server-request-error.ts';
import { untilFirst } from './open-runs.ts';
import type { ProgressLine } from './progress-line.ts';

/**
 * Has a run executed and shows its progress; cancels it when the signal is aborted.
 * @throws ServerRequestError when the run fails
 */
export async function runToEnd(
  client: ServerClient,
  request: RunOrder,
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: ProgressLine },
): Promise<Run> {
  const { id } = await client.createRun(request, { signal });
  try {
    await untilFirst(client, id, { signal, say: (line) => progress.note(line) });
    for await (const event of client.followRun(id, { signal })) {
      if (event.type === 'progress')
        progress.show(event.step, event.total > 0 ? event.done / event.total : undefined);
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

function succeeded(run: Run): Run {
  if (run.state === 'succeeded') return run;
  const error = run.error ?? { code: 'cancelled', message: 'The run was cancelled by somebody else.' };
  throw new ServerRequestError(error, 0);
}
