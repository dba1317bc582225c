import path from 'node:path';
import { RunDirectory } from '../../../server/jobs/run-directory.ts';
import { startRunProcess } from '../../../server/jobs/run-process.ts';
import { RunQueue, type RunQueueOptions } from '../../../server/jobs/run-queue.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import type { ProfileRequest, Run, RunEvent } from '../../../server/protocol/run.ts';

const modulePath = path.join(import.meta.dirname, 'scripted-runner.ts');

/** A queue whose runs execute scripted-runner.ts, each in a real process. */
export function scriptedQueue(root: string, options: Partial<RunQueueOptions> = {}): Promise<RunQueue> {
  const directory = new RunDirectory(root);
  return RunQueue.open({
    directory,
    clock: systemClock,
    log: () => undefined,
    start: async (run, onNews) =>
      startRunProcess(
        {
          type: 'execute',
          runId: run.id,
          request: run.request,
          directory: directory.folderOf(run.id),
          databaseUrl: 'postgres://nowhere',
          applicationName: run.id,
        },
        { modulePath, graceMs: 200, onNews, onOutput: () => undefined },
      ),
    ...options,
  });
}

/** A request whose handler's name tells scripted-runner.ts what to do. */
export function scripted(handler: string): ProfileRequest {
  const sampling = { collector: 'v8-cpu', samplingIntervalMicros: 200 } as const;
  return { kind: 'profile', handler, iterations: 1, ...sampling, seed: 1, snapshots: 'off' };
}

/** Resolves with the run once it is over. */
export async function overOf(queue: RunQueue, { id }: Run): Promise<Run> {
  for (const event of await eventsOf(queue, id)) if (event.type === 'done') return event.run;
  throw new Error(`Run ${id} has no end`);
}

/** All events of a run, once it is over. */
export async function eventsOf(queue: RunQueue, id: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const { event } of queue.follow(id, undefined, new AbortController().signal) ?? [])
    events.push(event);
  return events;
}

/** Resolves when a run has said that it is at this step. */
export async function atStep(queue: RunQueue, { id }: Run, step: string): Promise<void> {
  for await (const { event } of queue.follow(id, undefined, new AbortController().signal) ?? [])
    if (event.type === 'progress' && event.step === step) return;
  throw new Error(`Run ${id} never came to ${step}`);
}
