import { type LogOutputChannel, l10n, type Memento, ProgressLocation, window } from 'vscode';
import type { ServerClient } from '../../server/protocol/client.ts';
import { COLLECTORS, type CollectorName } from '../../server/protocol/collector-name.ts';
import type { HandlerInfo } from '../../server/protocol/handler-info.ts';
import type { Run } from '../../server/protocol/run.ts';
import type { ServerControl } from '../server/server-control.ts';
import { readSettings } from '../settings.ts';
import type { StatusBar } from '../status-bar.ts';
import { askIterations } from './ask-iterations.ts';
import { executeProfileRun, type ProfileOrder } from './execute-profile-run.ts';
import { pickCollector } from './pick-collector.ts';
import { pickHandler } from './pick-handler.ts';
import { readySession } from './ready-session.ts';
import { warnOfConfig } from './warn-of-config.ts';

export interface ProfileHandlerServices {
  readonly server: ServerControl;
  readonly log: LogOutputChannel;
  readonly statusBar: StatusBar;
  /** Keeps what was chosen last. */
  readonly memory: Memento;
  /** Shows the profile of a run that succeeded. */
  readonly showProfile: (run: Run, client: ServerClient) => Promise<void>;
}

/** What another command, a key binding or a test may give to leave out the questions. */
export interface ProfileHandlerArguments {
  readonly handler?: string;
  /** Where a handler is given and this is not, V8's CPU profiler. */
  readonly collector?: CollectorName;
  readonly iterations?: number;
}

/** From the choice of a handler to its flame graph, or to what another program has to say of it. Resolves with the run; undefined when the user left on the way. */
export async function profileHandler(
  services: ProfileHandlerServices,
  given: ProfileHandlerArguments = {},
): Promise<Run | undefined> {
  const client = (await readySession(services.server))?.client;
  if (client === undefined) return undefined;
  const order = await askForOrder(client, services, given);
  if (order === undefined) return undefined;
  const run = await withProgress(client, order, services);
  if (run !== undefined) await services.showProfile(run, client);
  return run;
}

async function askForOrder(
  client: ServerClient,
  { log, memory }: ProfileHandlerServices,
  given: ProfileHandlerArguments,
): Promise<ProfileOrder | undefined> {
  const settings = readSettings();
  const handler = given.handler ?? (await chooseHandler(client, log))?.name;
  if (handler === undefined) return undefined;
  const usual = given.handler === undefined ? undefined : COLLECTORS[0];
  const collector = given.collector ?? usual ?? (await pickCollector(handler, memory));
  if (collector === undefined) return undefined;
  const iterations = given.iterations ?? (await askIterations(handler, settings.iterations));
  if (iterations === undefined) return undefined;
  return { handler, collector, iterations, samplingInterval: settings.samplingInterval };
}

async function chooseHandler(client: ServerClient, log: LogOutputChannel): Promise<HandlerInfo | undefined> {
  const handlers = await client.handlers();
  // Beside the list: the examples can be chosen all the same.
  warnOfConfig(client).catch((error: unknown) => log.error(String(error)));
  return pickHandler(handlers);
}

async function withProgress(
  client: ServerClient,
  order: ProfileOrder,
  { log, statusBar }: ProfileHandlerServices,
): Promise<Run | undefined> {
  const { handler } = order;
  // The steps of the run name the handler.
  const title = l10n.t('Event Store Profiler');
  const onShare = (share: number) => statusBar.showActivity({ handler, share });
  statusBar.showActivity({ handler });
  try {
    return await window.withProgress(
      { location: ProgressLocation.Notification, title, cancellable: true },
      (progress, token) => executeProfileRun(client, order, { log, progress, token, onShare }),
    );
  } finally {
    statusBar.showActivity(undefined);
  }
}
