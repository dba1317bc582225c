import type { CallOptions, EventStore } from '../../eventstore/event-store.ts';
import { forwardingEventStore } from '../../eventstore/forwarding-event-store.ts';
import type { Random } from '../../lib/random.ts';
import { type Delay, heldUp } from './delay.ts';
import type { Attempt, Injection } from './injection.ts';
import { replayThrough } from './replay-through.ts';

export interface Slowness {
  readonly slowQueries: Injection;
  /** Milliseconds on average. */
  readonly slowByMs: number;
  readonly random: Random;
  readonly delay: Delay;
}

/** Lets queries and replays wait before they are asked, within what their signal and time-out allow. */
export function withSlowQueries(store: EventStore, slowness: Slowness): EventStore {
  const { slowQueries, slowByMs, random, delay } = slowness;

  async function late<Options extends CallOptions>(attempt: Attempt, options: Options): Promise<Options> {
    const milliseconds = slowByMs * (0.5 + random.fraction());
    try {
      const rest = await heldUp(options, milliseconds, delay);
      attempt.happened();
      return rest;
    } catch (fault) {
      attempt.cameToNothing();
      throw fault;
    }
  }

  return {
    ...forwardingEventStore(store),
    query: async (filter, options = {}) => {
      const attempt = slowQueries.next();
      return store.query(filter, attempt ? await late(attempt, options) : options);
    },
    replay: (filter, options = {}) => {
      let replay = store.replay(filter, options);
      return replayThrough(
        () => replay,
        async function* batches() {
          const attempt = slowQueries.next();
          if (attempt) replay = store.replay(filter, await late(attempt, options));
          yield* replay;
        },
      );
    },
  };
}
