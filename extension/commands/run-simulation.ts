import { type LogOutputChannel, l10n, ProgressLocation, window } from 'vscode';
import type { RunOrder, ServerClient } from '../../server/protocol/client.ts';
import type { Run } from '../../server/protocol/run.ts';
import { simulationReport } from '../../server/protocol/simulation-report.ts';
import type { SimulationSummary } from '../../server/protocol/simulation-result.ts';
import { faults } from '../faults.ts';
import type { ServerControl } from '../server/server-control.ts';
import { UserFault } from '../user-fault.ts';
import { followServerRun } from './follow-server-run.ts';
import { readySession } from './ready-session.ts';

export interface RunSimulationServices {
  readonly server: ServerControl;
  readonly log: LogOutputChannel;
}

/** Options of the simulation; what is left out is as the server has it. */
export type RunSimulationArguments = Omit<Extract<RunOrder, { kind: 'simulation' }>, 'kind'>;

/** Lets the library live for a while and tells how it went. Resolves with the run, also when the user ended it early. */
export async function runSimulation(
  { server, log }: RunSimulationServices,
  given: RunSimulationArguments = {},
): Promise<Run | undefined> {
  const client = (await readySession(server))?.client;
  if (client === undefined) return undefined;
  const run = await withProgress(client, given, log);
  const summary = await summaryOf(client, run);
  if (summary !== undefined) tell(summary, log);
  if (run.state !== 'failed') return run;
  throw run.error === undefined ? faults.simulationFailed() : new UserFault(run.error);
}

async function withProgress(
  client: ServerClient,
  given: RunSimulationArguments,
  log: LogOutputChannel,
): Promise<Run> {
  const title = l10n.t('Event Store Profiler');
  return await window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const { id } = await client.createRun({ ...given, kind: 'simulation' });
      log.info(`Run ${id}: simulation.`);
      return await followServerRun(client, id, { log, progress, token, onShare: () => undefined });
    },
  );
}

/** Undefined for a simulation that was cancelled before it began. */
async function summaryOf(client: ServerClient, run: Run): Promise<SimulationSummary | undefined> {
  try {
    const result = await client.result(run.id);
    return result.kind === 'simulation' ? result.summary : undefined;
  } catch (error) {
    if (run.state !== 'succeeded') return undefined;
    throw error;
  }
}

/** The figures into the log, and the few that matter most into a notification that nobody waits for. */
function tell(summary: SimulationSummary, log: LogOutputChannel): void {
  log.info(`Simulation:\n${simulationReport(summary)}`);
  const p99 = ((summary.response?.p99Micros ?? 0) / 1000).toFixed(1);
  const operations = summary.operations.toLocaleString();
  const message = l10n.t('Simulation: {0} operations, 99 % of them within {1} ms.', operations, p99);
  const showLog = l10n.t('Show Log');
  void window.showInformationMessage(message, showLog).then((chosen) => {
    if (chosen === showLog) log.show();
  });
}
