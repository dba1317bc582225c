import type { EventStore } from '../../eventstore/event-store.ts';
import type { OperationRecord } from '../../handling/recording/operation-record.ts';
import type { OperationRecorder } from '../../handling/recording/operation-recorder.ts';
import type { RetrySettings } from '../../handling/retrying/retry-settings.ts';
import type { SnapshotKeeper } from '../../handling/snapshots/snapshot-keeper.ts';
import type { Random } from '../../lib/random.ts';
import { randomUuid } from '../uuid.ts';
import { codeOf, isCancellation, isUnknownOutcome } from './faults.ts';
import type { LibraryAction } from './library-action.ts';
import { libraryHandlers, type Perform, type Performed, type Stamp } from './library-handlers.ts';
import type { Pace } from './pace.ts';
import { storedOutcome } from './stored-outcome.ts';
import type { Ended } from './tally.ts';

/** Whoever makes requests: a dirty world, or nobody in particular. */
export type MakeRequest = <Answer>(
  request: (signal: AbortSignal) => Promise<Answer>,
  signal: AbortSignal,
) => Promise<Answer>;

export interface LibraryDeskOptions {
  /** The handlers' store, with whatever stands in its way. Its instrumentation must tell the recorder. */
  readonly store: EventStore;
  /** The store itself: tells what became of an append when nobody else knows. */
  readonly plainStore: EventStore;
  readonly recorder: OperationRecorder;
  readonly pace: Pace;
  /** Stands in the metadata of everything that is appended. */
  readonly correlationID: string;
  /** For ids of messages and the jitter of retries: none of what is chosen depends on it. */
  readonly random: Random;
  readonly retries?: Partial<RetrySettings>;
  /** Left out, no query goes on from a snapshot. */
  readonly keeper?: SnapshotKeeper;
  readonly request?: MakeRequest;
}

/** What came of an action, and what to tell the world outside. */
export interface Served extends Ended {
  /** What was thrown; the action is settled all the same. */
  readonly fault?: unknown;
}

/** How one action is served, and what to wait for before somebody looks what became of it. */
export interface ServeOptions {
  readonly signal: AbortSignal;
  /** Aborted when nobody may look any more what became of an append. */
  readonly lookups: AbortSignal;
  /** Resolves when the database is there. */
  readonly untilOpen: () => Promise<void>;
  /** Told at once of what was thrown. */
  readonly onFault: (fault: unknown) => void;
}

/** Serves one action after the other by the library's handlers, and knows of each how it ended. */
export class LibraryDesk {
  readonly #options: LibraryDeskOptions;
  readonly #perform: Perform;
  readonly #failed = new Map<number, OperationRecord>();
  #operations = 0;

  constructor(options: LibraryDeskOptions) {
    const { store, recorder, random, retries, keeper } = options;
    this.#options = options;
    this.#perform = libraryHandlers({
      store,
      recorder,
      random,
      ...(retries && { retries }),
      ...(keeper && { keeper }),
      failed: (record) => this.#failed.set(record.iteration, record),
    });
  }

  /** Never rejects for what a store or a handler throws: that is an outcome. */
  async serve(action: LibraryAction, options: ServeOptions): Promise<Served> {
    const iteration = this.#operations;
    this.#operations += 1;
    const stamp = this.#stamp();
    const { request = plainly } = this.#options;
    try {
      const performed = await request(
        (signal) => this.#perform(action, stamp, { signal, iteration }),
        options.signal,
      );
      return servedBy(performed);
    } catch (fault) {
      const attempts = this.#failed.get(iteration)?.attempts ?? 1;
      options.onFault(fault);
      return await this.#afterFault(fault, { action, stamp, retries: attempts - 1, options });
    } finally {
      this.#failed.delete(iteration);
    }
  }

  async #afterFault(fault: unknown, of: FaultyOperation): Promise<Served> {
    const nothing = { code: codeOf(fault), eventsAppended: 0, retries: of.retries, fault };
    if (isCancellation(fault)) return { outcome: 'cancelled', ...nothing };
    if (!isUnknownOutcome(fault)) return { outcome: 'failed', ...nothing };
    const stored = await storedOutcome(this.#options.plainStore, of.action, {
      messageID: of.stamp.metadata.MessageID,
      signal: of.options.lookups,
      pace: this.#options.pace,
      untilOpen: of.options.untilOpen,
    });
    if (stored === 'unknown' || stored === 'failed') return { outcome: stored, ...nothing };
    return { outcome: stored, ...nothing, eventsAppended: 1 };
  }

  #stamp(): Stamp {
    const { pace, random, correlationID } = this.#options;
    const commandID = randomUuid(random);
    return {
      occurredAt: pace.clock.now(),
      metadata: { MessageID: randomUuid(random), CausationID: commandID, CorrelationID: correlationID },
    };
  }
}

interface FaultyOperation {
  readonly action: LibraryAction;
  readonly stamp: Stamp;
  readonly retries: number;
  readonly options: ServeOptions;
}

const plainly: MakeRequest = (request, signal) => request(signal);

function servedBy({ outcome, record }: Performed): Served {
  const { eventsAppended, attempts = 1, snapshot } = record;
  return { outcome, eventsAppended, retries: attempts - 1, ...(snapshot && { snapshot }) };
}
