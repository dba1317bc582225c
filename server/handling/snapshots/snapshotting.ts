import type { EventFilter } from '../../eventstore/event-filter.ts';
import type { Snapshot } from '../../eventstore/snapshot.ts';
import type { Handled, HandleOptions, Handler } from '../handler.ts';
import type { SnapshotProjection } from '../projection.ts';
import type { RebuildReason, SnapshotUse } from '../recording/operation-record.ts';
import { SnapshotUnusableError } from '../snapshot-unusable-error.ts';
import { ProjectionCosts } from './projection-costs.ts';
import { type SavePolicy, whenTailCostsMore } from './save-policy.ts';
import type { SnapshotKeeper } from './snapshot-keeper.ts';
import { SnapshotLoader, type StateKey } from './snapshot-loader.ts';
import { untilOver } from './until-over.ts';
import { validLimit } from './valid-limit.ts';
import { WarmState } from './warm-state.ts';

/** What snapshotting adds to an answer. */
export interface Snapshotted {
  readonly snapshot: SnapshotUse;
}

export interface SnapshottingOptions {
  /** When to save; `whenTailCostsMore()` when it is left out. */
  readonly policy?: SavePolicy;
  /** With more newer events than these the whole history is read anew; 100,000 when left out. */
  readonly maxTail?: number;
}

/**
 * Lets a handler go on from a state that was folded before: one in memory, else the snapshot in the event store. Only
 * without either, or when neither can be gone on from, it folds the whole history. The answer is the same: it is of all
 * events that are visible, while what is kept and saved holds the settled ones alone. Operations that miss at the same
 * time wait for one of them to fetch or rebuild the state.
 *
 * Saving happens off the operation's path. A snapshot that is corrupt, incompatible or unreadable costs a rebuild; it is
 * counted, told and replaced. A filter with bounds of its own is read as it is.
 * @throws InvalidOptionError for an impossible version or tail
 */
export function snapshotting<Input, Answer extends Handled, State>(
  handler: Handler<Input, Answer, State>,
  projection: SnapshotProjection<State>,
  keeper: SnapshotKeeper,
  options: SnapshottingOptions = {},
): Handler<Input, Answer & Snapshotted, State> {
  const snapshots = new Snapshotting(handler, { projection, keeper, options });
  return { ...handler, handle: (input, handleOptions) => snapshots.handle(input, handleOptions) };
}

interface Parts<State> {
  readonly projection: SnapshotProjection<State>;
  readonly keeper: SnapshotKeeper;
  readonly options: SnapshottingOptions;
}

interface Call<Input, State> {
  readonly input: Input;
  readonly options: HandleOptions<State>;
  readonly stateKey: StateKey;
  /** The same as one text. */
  readonly key: string;
}

/**
 * A state that was not read for so long may have a long tail, which is read in batches; in less time hardly more than
 * 100,000 events can have been stored.
 */
const oldAfterMs = 10_000;

/** From here on it is always worth a round trip to know why there was no snapshot. */
const largeRebuild = 1_000;

/** A new version shows in the first rebuilds of a process; from then on small states would pay for the answer that it is none. */
const mostSmallAsks = 20;

class Snapshotting<Input, Answer extends Handled, State> {
  readonly #handler: Handler<Input, Answer, State>;
  readonly #projection: SnapshotProjection<State>;
  readonly #keeper: SnapshotKeeper;
  readonly #policy: SavePolicy;
  readonly #maxTail: number;
  readonly #loader: SnapshotLoader<Input, State>;
  readonly #costs = new ProjectionCosts();
  #smallAsks = 0;

  constructor(handler: Handler<Input, Answer, State>, { projection, keeper, options }: Parts<State>) {
    this.#handler = handler;
    this.#projection = projection;
    this.#keeper = keeper;
    this.#policy = options.policy ?? whenTailCostsMore();
    this.#maxTail = validLimit('maxTail', options.maxTail ?? 100_000, 0);
    this.#loader = new SnapshotLoader(handler, projection, keeper);
  }

  async handle(input: Input, options: HandleOptions<State> = {}): Promise<Answer & Snapshotted> {
    const stateKey = this.#keeper.phases.phase('filter_build', () => this.#loader.keyOf(input));
    if (options.resumeFrom !== undefined || isBounded(stateKey.filter)) return this.#asItIs(input, options);
    const key = `${stateKey.projectionType} ${stateKey.filter.hash()}`;
    const call = { input, options, stateKey, key };
    if (!this.#keeper.keepsWarm) return this.#fetched(call);
    let unusable: RebuildReason | undefined;
    for (;;) {
      const warm = this.#keeper.warm<State>(key);
      if (warm !== undefined) {
        const answer = await this.#resumed(call, warm, 'warm');
        if (typeof answer !== 'string') return answer;
        unusable = answer;
        // Meanwhile another one may have found the same, and be on its way already.
        continue;
      }
      const flight = this.#keeper.flightOf(key);
      if (flight === undefined) return this.#keeper.fly(key, () => this.#fetched(call, unusable));
      const hasAnswered = await untilOver(flight, options.signal);
      // Without a state for others: there is no event, or an append has been under way for long. Nothing to wait for.
      if (hasAnswered && this.#keeper.warm(key) === undefined) return this.#fetched(call, unusable);
    }
  }

  async #asItIs(input: Input, options: HandleOptions<State>): Promise<Answer & Snapshotted> {
    const sequenceNumber = options.resumeFrom?.kept.sequenceNumber ?? 0;
    const answer = await this.#handler.handle(input, options);
    if (options.resumeFrom) return this.#told(answer, { use: 'warm', sequenceNumber });
    return this.#told(answer, { use: 'rebuilt', reason: 'bounded_filter', sequenceNumber });
  }

  /** From the event store's snapshot, or from all events. @param unusable why the state in memory was not */
  async #fetched(call: Call<Input, State>, unusable?: RebuildReason): Promise<Answer & Snapshotted> {
    const loaded = await this.#loader.load(call.stateKey, call.options);
    if ('reason' in loaded) return this.#rebuilt(call, unusable ?? loaded.reason, loaded.mark);
    const savedAt = this.#keeper.now - this.#keeper.msSince(loaded.savedAt);
    const warm = new WarmState(loaded.kept, savedAt);
    warm.isStored(loaded.characters, savedAt);
    const answer = await this.#resumed(call, warm, 'stored');
    if (typeof answer !== 'string') return answer;
    // With too long a tail it is true all the same, and of no higher number.
    return this.#rebuilt(call, answer, answer === 'diverged' ? loaded.mark : undefined);
  }

  /** The reason, if the state is of no use. */
  async #resumed(
    call: Call<Input, State>,
    warm: WarmState<State>,
    use: 'warm' | 'stored',
  ): Promise<(Answer & Snapshotted) | RebuildReason> {
    const { sequenceNumber } = warm.kept;
    try {
      const answer = await this.#handleFrom(call, warm);
      this.#saveWhenWorthIt(call, warm);
      return this.#told(answer, { use, sequenceNumber });
    } catch (fault) {
      const unusable = fault instanceof SnapshotUnusableError ? fault.reason : undefined;
      if (unusable === undefined) throw fault;
      this.#keeper.drop(call.key, warm);
      return unusable;
    }
  }

  /** @param replaces the saved state that was of no use */
  async #rebuilt(
    call: Call<Input, State>,
    reason: RebuildReason,
    replaces?: Snapshot['mark'],
  ): Promise<Answer & Snapshotted> {
    const warm = new WarmState(this.#loader.empty(), this.#keeper.now);
    warm.replaces = replaces;
    const answer = await this.#handleFrom(call, warm);
    this.#saveWhenWorthIt(call, warm);
    const isOfOtherVersion = reason === 'missing' && (await this.#hasOtherVersion(call, answer.eventsFolded));
    const told = isOfOtherVersion ? 'incompatible' : reason;
    return this.#told(answer, { use: 'rebuilt', reason: told, sequenceNumber: 0 });
  }

  async #hasOtherVersion({ input, options }: Call<Input, State>, eventsFolded: number): Promise<boolean> {
    if (eventsFolded === 0) return false;
    const isSmall = eventsFolded < largeRebuild;
    if (isSmall && this.#smallAsks === mostSmallAsks) return false;
    if (isSmall) this.#smallAsks += 1;
    const hasOther = await this.#loader.hasOtherVersion(input, options);
    if (hasOther) this.#smallAsks = 0;
    return hasOther;
  }

  /** Also keeps the state, whatever comes of the operation: that an append was a conflict says nothing against it. */
  async #handleFrom({ input, options, key }: Call<Input, State>, warm: WarmState<State>): Promise<Answer> {
    const since = this.#keeper.now;
    const isOld = !warm.kept.isEmpty && since - warm.readAt > oldAfterMs;
    try {
      const resumeFrom = { kept: warm.kept, maxTail: this.#maxTail, isOld };
      const answer = await this.#handler.handle(input, { ...options, resumeFrom });
      this.#costs.read(answer.eventsFolded, this.#keeper.now - since);
      warm.isRead(this.#keeper.now);
      return answer;
    } finally {
      if (warm.kept.isBroken) this.#keeper.drop(key, warm);
      else if (!warm.kept.isEmpty) this.#keeper.keepWarm(key, warm);
    }
  }

  #saveWhenWorthIt({ key, stateKey }: Call<Input, State>, warm: WarmState<State>): void {
    const { now } = this.#keeper;
    if (!warm.mayBeSaved(now)) return;
    if (warm.replaces === undefined && !this.#policy(warm.situation(now, this.#costs.measured))) return;
    const ordered = this.#keeper.save<State>({
      key,
      ...stateKey,
      kept: warm.kept,
      replaces: warm.replaces,
      encode: (state) => {
        warm.isEncoded();
        return this.#projection.encode(state);
      },
      encoded: (characters) => {
        warm.isWeighed(characters);
        this.#keeper.weigh(key, warm);
      },
      saved: (ms) => {
        this.#costs.saved(ms);
        warm.isSaved(this.#keeper.now);
      },
      failed: (fault) => {
        warm.isNotSaved(this.#keeper.now);
        this.#keeper.tell({ handler: this.#handler.name, what: 'save', fault });
      },
    });
    if (ordered) warm.isOrdered();
  }

  #told(answer: Answer, use: Omit<SnapshotUse, 'eventsAfter'>): Answer & Snapshotted {
    const snapshot = { ...use, eventsAfter: answer.eventsFolded };
    this.#keeper.used(this.#handler.name, snapshot);
    return { ...answer, snapshot };
  }
}

function isBounded({ hasTimeBounds, sequenceNumberHigherThan }: EventFilter): boolean {
  return hasTimeBounds || sequenceNumberHigherThan > 0;
}
