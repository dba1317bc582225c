import { type LogOutputChannel, l10n, ProgressLocation, window } from 'vscode';
import type { RunOrder, ServerClient } from '../../server/protocol/client.ts';
import type { Run } from '../../server/protocol/run.ts';
import { faults } from '../faults.ts';
import type { ServerControl } from '../server/server-control.ts';
import type { StatusBar } from '../status-bar.ts';
import { UserFault } from '../user-fault.ts';
import { askTarget, pickAttachCollector, pickAttachSeconds } from './ask-attach.ts';
import { followServerRun } from './follow-server-run.ts';
import { readySession } from './ready-session.ts';

export interface AttachServices {
  readonly server: ServerControl;
  readonly log: LogOutputChannel;
  readonly statusBar: StatusBar;
  /** Shows the profile of a run that succeeded. */
  readonly showProfile: (run: Run, client: ServerClient) => Promise<void>;
}

type AttachOrder = Extract<RunOrder, { kind: 'attach' }>;

/** What another command, a key binding or a test may give to leave out the questions. */
export type AttachArguments = Partial<Omit<AttachOrder, 'kind'>>;

/** Records a Node.js process that runs already and shows its flame graph. Resolves with the run; undefined when the user left on the way. */
export async function attachProcess(
  { server, log, statusBar, showProfile }: AttachServices,
  given: AttachArguments = {},
): Promise<Run | undefined> {
  const client = (await readySession(server))?.client;
  if (client === undefined) return undefined;
  const order = await askForOrder(given);
  if (order === undefined) return undefined;
  statusBar.showActivity({ handler: l10n.t('process {0}', order.target) });
  try {
    const run = await withProgress(client, order, log);
    if (run.state === 'cancelled') return undefined;
    if (run.state === 'failed')
      throw run.error === undefined ? faults.runFailed(order.target) : new UserFault(run.error);
    await showProfile(run, client);
    return run;
  } finally {
    statusBar.showActivity(undefined);
  }
}

async function askForOrder(given: AttachArguments): Promise<AttachOrder | undefined> {
  const target = given.target ?? (await askTarget());
  if (target === undefined) return undefined;
  // Who gives the process wants to be asked nothing else.
  const isAsked = given.target === undefined;
  const collector = given.collector ?? (isAsked ? await pickAttachCollector(target) : 'v8-cpu');
  if (collector === undefined) return undefined;
  const durationSeconds = given.durationSeconds ?? (isAsked ? await pickAttachSeconds(target) : 10);
  return durationSeconds === undefined
    ? undefined
    : { ...given, kind: 'attach', target, collector, durationSeconds };
}

async function withProgress(client: ServerClient, order: AttachOrder, log: LogOutputChannel): Promise<Run> {
  const title = l10n.t('Recording process {0}. Cancel ends it and shows what there is', order.target);
  return await window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const { id } = await client.createRun(order);
      log.info(`Run ${id}: attaching to ${order.target}.`);
      return await followServerRun(client, id, {
        ...{ log, progress, token, onCancel: stopOrCancel },
        onShare: () => undefined,
      });
    },
  );
}

/** A recording that was stopped keeps what it has; one that has not begun has nothing. */
async function stopOrCancel(client: ServerClient, id: string): Promise<Run> {
  const { state } = await client.run(id);
  return state === 'queued' ? await client.cancelRun(id) : await client.stopRun(id);
}
