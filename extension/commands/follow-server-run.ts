import { type CancellationToken, type LogOutputChannel, l10n, type Progress } from 'vscode';
import type { ServerClient } from '../../server/protocol/client.ts';
import type { Run, RunEvent } from '../../server/protocol/run.ts';

export interface RunFollower {
  readonly log: LogOutputChannel;
  readonly progress: Progress<{ message?: string; increment?: number }>;
  readonly token: CancellationToken;
  /** Share of the current step that is done, 0 to 1. */
  readonly onShare: (share: number) => void;
  /** What the user's Cancel does to the run; left out, it cancels it. */
  readonly onCancel?: (client: ServerClient, id: string) => Promise<unknown>;
}

/** Follows a run to its end, passing the user's Cancel on. Resolves with the run in whatever state it ended. */
export async function followServerRun(client: ServerClient, id: string, follower: RunFollower): Promise<Run> {
  const cancellation = cancelling(client, id, follower);
  try {
    const run = await Promise.race([untilDone(client, id, follower), cancellation.failed]);
    follower.log.info(`Run ${id}: ${run.state}.`);
    return run;
  } finally {
    cancellation.dispose();
  }
}

/** Passes the user's Cancel on to the server; `failed` rejects when the server does not take it, and never resolves. */
function cancelling(client: ServerClient, id: string, { token, onCancel = cancelRun }: RunFollower) {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  const cancel = () => onCancel(client, id).then(undefined, reject);
  const listening = token.onCancellationRequested(cancel);
  if (token.isCancellationRequested) void cancel();
  return { failed, dispose: () => listening.dispose() };
}

const cancelRun = (client: ServerClient, id: string) => client.cancelRun(id);

async function untilDone(client: ServerClient, id: string, follower: RunFollower): Promise<Run> {
  const tell = teller(follower);
  for await (const event of client.followRun(id)) {
    if (event.type === 'done') return event.run;
    tell(event);
  }
  return client.run(id);
}

/** Passes on what happens in a run. The bar of the notification shows the one step that is counted. */
function teller({ log, progress, onShare }: RunFollower): (event: RunEvent) => void {
  let shown = 0;
  return (event) => {
    if (event.type === 'log') log.info(event.message);
    if (event.type !== 'progress') return;
    const { step, done, total } = event;
    if (total <= 1) return progress.report({ message: step });
    const share = done / total;
    const message = l10n.t('{0}, {1} of {2}', step, done.toLocaleString(), total.toLocaleString());
    progress.report({ message, increment: Math.max(0, share - shown) * 100 });
    shown = share;
    onShare(share);
  };
}
