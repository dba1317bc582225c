import type { ServerClient } from '../../server/protocol/client.ts';
import type { CollectorName } from '../../server/protocol/collector-name.ts';
import type { Run } from '../../server/protocol/run.ts';
import { faults } from '../faults.ts';
import { UserFault } from '../user-fault.ts';
import { followServerRun, type RunFollower } from './follow-server-run.ts';

export interface ProfileOrder {
  readonly handler: string;
  readonly collector: CollectorName;
  readonly iterations: number;
  /** Microseconds. */
  readonly samplingInterval: number;
}

/** Runs a handler under the profiler on the server. Resolves with the run; undefined when the user cancelled it. */
export async function executeProfileRun(
  client: ServerClient,
  order: ProfileOrder,
  follower: RunFollower,
): Promise<Run | undefined> {
  const { id } = await client.createRun({
    kind: 'profile',
    handler: order.handler,
    collector: order.collector,
    iterations: order.iterations,
    samplingIntervalMicros: order.samplingInterval,
  });
  const { handler, iterations, collector } = order;
  follower.log.info(`Run ${id}: profiling ${handler}, ${iterations} iterations, recorded by ${collector}.`);
  const run = await followServerRun(client, id, follower);
  if (run.state === 'cancelled') return undefined;
  if (run.state === 'succeeded') return run;
  throw run.error === undefined ? faults.runFailed(order.handler) : new UserFault(run.error);
}
