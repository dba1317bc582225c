import type { RunQueue } from '../jobs/run-queue.ts';
import type { SeedRequest } from '../protocol/run.ts';

export interface SeedOptions {
  readonly queue: RunQueue;
  readonly seed: SeedRequest;
  readonly log: (line: string) => void;
  /** @param share 0 to 1 */
  readonly onProgress: (step: string, share: number) => void;
}

/**
 * Fills an empty event store down the same road as every run. A seed that fails or is cancelled leaves the store
 * empty and the server usable; the next start tries again.
 */
export async function seedWhenEmpty({ queue, seed, log, onProgress }: SeedOptions): Promise<void> {
  log(
    `The event store is empty: filling it with ${seed.events.toLocaleString('en-US')} events of a library.`,
  );
  const { id } = await queue.submit(seed);
  const events = queue.follow(id, undefined, new AbortController().signal) ?? [];
  for await (const { event } of events) {
    if (event.type === 'progress') onProgress(event.step, event.total > 0 ? event.done / event.total : 0);
    if (event.type !== 'done') continue;
    const { state, error } = event.run;
    if (state === 'succeeded') log('The event store is filled.');
    else log(`The event store stays empty: the seed ${state}. ${error?.message ?? ''}`.trimEnd());
  }
}
