import { type CancellationToken, l10n, type Progress, ProgressLocation, window } from 'vscode';
import type { ServerControl } from '../server/server-control.ts';
import type { ServerSession } from '../server/server-session.ts';
import type { ServerState } from '../server/server-state.ts';

/**
 * The ready server, started now if need be; undefined when the user does not want to wait for it. The start then goes on.
 * @throws UserFault
 */
export async function readySession(server: ServerControl): Promise<ServerSession | undefined> {
  const session = server.session();
  if (server.state.kind === 'ready') return session;
  return window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Starting the server'), cancellable: true },
    async (progress, token) => {
      const steps = server.onDidChangeState((state) => report(state, progress));
      try {
        return await Promise.race([session, cancelled(token)]);
      } finally {
        steps.dispose();
      }
    },
  );
}

function report(state: ServerState, progress: Progress<{ message: string }>): void {
  if (state.kind !== 'starting' || state.status?.step === undefined) return;
  const { step, progress: share } = state.status;
  progress.report({ message: share === undefined ? step : `${step} ${Math.floor(share * 100)} %` });
}

function cancelled(token: CancellationToken): Promise<undefined> {
  return new Promise((resolve) => {
    token.onCancellationRequested(() => resolve(undefined));
  });
}
