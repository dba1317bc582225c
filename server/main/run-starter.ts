import type { WorkspaceConfig } from '../config/read-config.ts';
import type { RunDirectory } from '../jobs/run-directory.ts';
import { type RunOutcome, type RunProcess, startRunProcess } from '../jobs/run-process.ts';
import type { RunQueueOptions } from '../jobs/run-queue.ts';
import { describeError } from '../lib/describe-error.ts';
import type { RunRequest } from '../protocol/run.ts';
import type { ExecuteMessage } from '../protocol/runner-messages.ts';
import type { Database } from './database.ts';

export interface RunStarterOptions {
  readonly database: Database;
  readonly directory: RunDirectory;
  /** File that the process of a run executes. */
  readonly runner: string;
  readonly log: (line: string) => void;
  readonly config: () => Promise<WorkspaceConfig | undefined>;
}

// Together with the kill and the release of its connections, a cancelled run is over within a second. So is one of an
// external tool: its processes end within milliseconds of the cancel or with the run's, and what is left of its files is
// removed behind it; but a run that reads tens of megabytes that a tool has written hears no request.
const CANCEL_GRACE_MS = 400;

// A simulation breaks off what is under way, looks what became of it, and writes down what was done.
// Half a second as a rule; all of it when the database hangs.
const SIMULATION_GRACE_MS = 8000;

// Within milliseconds as a rule. Killed in its commit, a seed would leave a full store and the word that it came to
// nothing: five seconds for the commit's answer, three to look what became of it, one to end.
const SEED_GRACE_MS = 10_000;

// A database that answers does it in milliseconds; one that does not must not keep a run from being over.
const RELEASE_WITHIN_MS = 3000;

// An inspector that was opened is closed when its process comes round to it.
const ATTACH_GRACE_MS = 5000;

const graceMs: Readonly<Record<RunRequest['kind'], number>> = {
  profile: CANCEL_GRACE_MS,
  seed: SEED_GRACE_MS,
  simulation: SIMULATION_GRACE_MS,
  explain: CANCEL_GRACE_MS,
  attach: ATTACH_GRACE_MS,
};

/** Starts runs against the database as it is at that moment, and leaves none of their connections behind. */
export function runStarter(options: RunStarterOptions): RunQueueOptions['start'] {
  const { database, directory, runner, log, config } = options;
  return async (run, onNews) => {
    const applicationName = `eventstore-profiler ${run.id}`;
    const process = startRunProcess(
      {
        type: 'execute',
        runId: run.id,
        request: run.request,
        directory: directory.folderOf(run.id),
        databaseUrl: await database.url({ countsStatements: run.request.kind === 'profile' }),
        isEmbedded: database.info.kind === 'embedded',
        applicationName,
        ...ofConfig(run.request, await config()),
      },
      {
        modulePath: runner,
        graceMs: graceMs[run.request.kind],
        onNews,
        onOutput: (text) => log(text.trimEnd()),
      },
    );
    return { ...process, ended: released(process, applicationName, options) };
  };
}

/** What the workspace's config file says about a run. */
function ofConfig(request: RunRequest, config: WorkspaceConfig | undefined): Partial<ExecuteMessage> {
  if (config === undefined) return {};
  const { file: configFile, handlers, retries } = config;
  const isOwn = request.kind === 'profile' && handlers.some(({ name }) => name === request.handler);
  return { retries, ...(isOwn && { configFile }) };
}

/** A process that was killed cannot say goodbye: its connections may still be executing a statement. */
async function released(
  process: RunProcess,
  applicationName: string,
  { database, log }: RunStarterOptions,
): Promise<RunOutcome> {
  const outcome = await process.ended;
  // A seed may have been killed after it had succeeded.
  if (outcome.type === 'succeeded' && outcome.result.kind !== 'seed') return outcome;
  try {
    const signal = AbortSignal.timeout(RELEASE_WITHIN_MS);
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    await Promise.race([database.releaseConnections(applicationName), promise]);
  } catch (error) {
    log(`Connections of a run could not be ended: ${describeError(error).message}`);
  }
  return outcome;
}
