import { verifyAddress } from '../database/verify-reachable.ts';
import type { RunningServer } from '../main/running-server.ts';
import { AlreadyRunningError } from '../main/server-lock.ts';
import { VERSION } from '../main/version.ts';
import { startServer } from '../main.ts';
import type { ServerStatus } from '../protocol/server-status.ts';
import { existingWorkspace } from './existing-workspace.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { listenForInterrupt } from './interrupt.ts';
import { stopOnUncaughtFault } from './last-resort.ts';
import { hasLaunchChannel, sendLaunchMessage } from './launch-channel.ts';
import { openInBrowser } from './open-in-browser.ts';
import { portOf, type StartValues, seedOf } from './option-values.ts';
import { programFiles } from './program-files.ts';
import { ProgressLine } from './progress-line.ts';

export interface StartOptions extends StartValues {
  readonly workspace: string;
  readonly open: boolean;
  readonly entry: string;
}

/** `start`: runs the server until somebody ends it. @throws ProfilerError when it cannot start */
export async function startCommand(options: StartOptions): Promise<ExitCode> {
  const startedAt = performance.now();
  const { databaseUrl } = options;
  await existingWorkspace(options.workspace);
  // The editor wants to be told of it over the channel, like of every other database that cannot be used.
  if (databaseUrl !== undefined && !hasLaunchChannel()) verifyAddress(databaseUrl);
  const progress = new ProgressLine(process.stderr);
  const opened = Promise.withResolvers<void>();
  const server = await start(options, progress, opened.resolve);
  if (!server) return EXIT.fault;
  using _ = stopOnUncaughtFault(
    () => server.stop(),
    () => server.kill(),
  );
  using interrupt = listenForInterrupt(() => server.kill());
  const stop = () => void server.stop();
  interrupt.signal.addEventListener('abort', stop);
  if (interrupt.signal.aborted) stop();
  await sendLaunchMessage({ type: 'listening', url: server.url, token: server.token });
  // The editor keeps the output as its log: the token does not belong there.
  const address = hasLaunchChannel() ? server.url : `${server.url}/?token=${server.token}`;
  try {
    // Before, an address would be of a server that may end at once, for want of its database.
    await Promise.race([opened.promise, server.ready]);
    progress.clear();
    console.log(
      `Event Store Profiler ${VERSION}\n\n  Starting at ${address} – the page shows the progress\n`,
    );
    if (options.open) openInBrowser(server.browserAddress());
    await server.ready;
    progress.clear();
    announceReady(server.status(), performance.now() - startedAt);
    console.log(`\n  Open ${address}\n`);
  } catch (error) {
    progress.clear();
    await server.stop();
    if (!interrupt.signal.aborted) throw error;
  }
  await server.stopped;
  progress.clear();
  console.log('Stopped.');
  return EXIT.ok;
}

/** Undefined when the parent was told of another server that it can use. */
async function start(
  options: StartOptions,
  progress: ProgressLine,
  databaseOpened: () => void,
): Promise<RunningServer | undefined> {
  const seed = seedOf(options);
  const port = portOf(options);
  try {
    return await startServer({
      workspace: options.workspace,
      ...(port === undefined ? {} : { port }),
      files: programFiles(options.entry),
      ...(options.databaseUrl === undefined ? {} : { databaseUrl: options.databaseUrl }),
      ...(seed === undefined ? {} : { seed }),
      isSeedAsked: options.events !== undefined || options.seed !== undefined,
      log(line) {
        progress.clear();
        console.log(line);
      },
      onStatus(status) {
        if (status.database) databaseOpened();
        if (status.state === 'starting' && status.step !== undefined)
          progress.show(status.step, status.progress);
        void sendLaunchMessage({ type: 'status', status });
      },
    });
  } catch (error) {
    progress.clear();
    if (!(error instanceof AlreadyRunningError) || !hasLaunchChannel()) throw error;
    const wanted = { version: VERSION, ...locationOf(options) };
    await sendLaunchMessage({ type: 'already-running', ...error.server, wanted });
    // Without the advice, which holds the token.
    console.error(error.message);
    return undefined;
  }
}

function locationOf({ databaseUrl }: StartOptions) {
  return databaseUrl === undefined ? {} : { databaseUrlLocation: verifyAddress(databaseUrl).name };
}

function announceReady({ database, events }: ServerStatus, milliseconds: number): void {
  const place = database ? `PostgreSQL ${database.version}, ${database.location}` : '';
  const count = events === undefined ? '' : `, ${events.toLocaleString('en-US')} events`;
  console.log(`Ready after ${(milliseconds / 1000).toFixed(1)} s: ${place}${count}.`);
  if (!hasLaunchChannel()) console.log('Press Ctrl+C to stop.');
}
