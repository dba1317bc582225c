import { QueryTimeoutError } from '../../eventstore/errors.ts';
import type { CallOptions, EventStore } from '../../eventstore/event-store.ts';
import { forwardingEventStore } from '../../eventstore/forwarding-event-store.ts';
import { type Delay, heldUp } from './delay.ts';
import type { Attempt, Injection } from './injection.ts';
import { replayThrough } from './replay-through.ts';

export interface Haste {
  readonly timedOut: Injection;
  /** What a call in a hurry is given. */
  readonly timeoutMs: number;
  readonly delay: Delay;
}

/**
 * Gives queries, replays and appends too little time, so that they are broken off in the database. One that was fast
 * enough all the same is made up for by a call that loses its time on the way.
 */
export function withTimeouts(store: EventStore, { timedOut, timeoutMs, delay }: Haste): EventStore {
  /** Undefined for a call that is left in peace; its own caller may give it even less. */
  function attemptOn({ timeoutMs: given }: CallOptions): Attempt | undefined {
    return given !== undefined && given <= timeoutMs ? undefined : timedOut.next();
  }

  async function inHurry<Options extends CallOptions, Answer>(
    options: Options,
    call: (options: Options) => Promise<Answer>,
  ): Promise<Answer> {
    const attempt = attemptOn(options);
    if (!attempt) return call(options);
    const hurried = { ...options, timeoutMs };
    return settled(attempt, async () => {
      await loseTime(attempt, hurried);
      return call(hurried);
    });
  }

  async function loseTime(attempt: Attempt, hurried: CallOptions): Promise<void> {
    if (attempt.isOverdue) await heldUp(hurried, timeoutMs, delay);
  }

  return {
    ...forwardingEventStore(store),
    query: (filter, options = {}) => inHurry(options, (hurried) => store.query(filter, hurried)),
    append: (filter, position, events, options = {}) =>
      inHurry(options, (hurried) => store.append(filter, position, events, hurried)),
    replay: (filter, options = {}) => {
      let replay = store.replay(filter, options);
      return replayThrough(
        () => replay,
        async function* batches() {
          const attempt = attemptOn(options);
          if (!attempt) return yield* replay;
          const hurried = { ...options, timeoutMs };
          replay = store.replay(filter, hurried);
          yield* settledBatches(attempt, async function* late() {
            await loseTime(attempt, hurried);
            yield* replay;
          });
        },
      );
    },
  };
}

async function settled<Answer>(attempt: Attempt, call: () => Promise<Answer>): Promise<Answer> {
  let fault: unknown;
  try {
    return await call();
  } catch (error) {
    fault = error;
    throw error;
  } finally {
    settle(attempt, fault);
  }
}

async function* settledBatches<Batch>(
  attempt: Attempt,
  batches: () => AsyncGenerator<Batch>,
): AsyncGenerator<Batch> {
  let fault: unknown;
  try {
    yield* batches();
  } catch (error) {
    fault = error;
    throw error;
  } finally {
    settle(attempt, fault);
  }
}

function settle(attempt: Attempt, fault: unknown): void {
  if (fault instanceof QueryTimeoutError) attempt.happened(fault);
  else attempt.cameToNothing();
}
