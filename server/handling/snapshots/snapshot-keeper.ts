import { LRUCache } from 'lru-cache';
import type { EventStore, SnapshotInventory } from '../../eventstore/event-store.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';
import type { SnapshotUse } from '../recording/operation-record.ts';
import { noPhases, type PhaseMarker, type SnapshotUseRecorder } from '../recording/operation-recorder.ts';
import { type SnapshotFigures, UseCounter } from './snapshot-figures.ts';
import { type SaveJob, SnapshotSaver } from './snapshot-saver.ts';
import { validLimit } from './valid-limit.ts';
import type { WarmState } from './warm-state.ts';

/** Something about a snapshot that failed; the operation did without it. */
export interface SnapshotFault {
  readonly handler: string;
  readonly what: 'load' | 'decode' | 'save';
  readonly fault: unknown;
}

export interface SnapshotKeeperOptions {
  /** Where snapshots are loaded and saved. */
  readonly store: Pick<EventStore, 'loadSnapshot' | 'saveSnapshot'>;
  /** Tells a snapshot of another version from none; left out, both are `missing`. */
  readonly inventory?: SnapshotInventory;
  /** States kept in memory at most; 1,000 when left out, and 0 keeps none. The longest not used go first. */
  readonly maxStates?: number;
  /** About how many bytes they may take; 512 MiB when left out. */
  readonly maxBytes?: number;
  /** Saves that wait at most; 100 when left out. */
  readonly maxWaitingSaves?: number;
  /** Left out, operation records do not tell of snapshots. */
  readonly recorder?: PhaseMarker & SnapshotUseRecorder;
  /** Told of what failed; left out, the process is warned. */
  readonly onFault?: (fault: SnapshotFault) => void;
  readonly clock?: Clock;
}

/** Made anew whenever a state is used, since the cache asks for the size of new values only. */
interface Kept {
  readonly state: WarmState<never>;
  readonly bytes: number;
}

/**
 * What the snapshotting handlers of a process share: the states in memory, the saves under way, and the figures. One
 * per event store; `settled` before the store is closed.
 */
export class SnapshotKeeper {
  readonly store: SnapshotKeeperOptions['store'];
  readonly inventory: SnapshotInventory | undefined;
  readonly phases: PhaseMarker;
  readonly #recorder: SnapshotUseRecorder | undefined;
  readonly #onFault: (fault: SnapshotFault) => void;
  readonly #clock: Clock;
  readonly #saver: SnapshotSaver;
  readonly #states: LRUCache<string, Kept> | undefined;
  readonly #mostGuessed: number;
  readonly #flights = new Map<string, Promise<boolean>>();
  readonly #counters = new Map<string, UseCounter>();

  /** @throws InvalidOptionError for limits out of range */
  constructor(options: SnapshotKeeperOptions) {
    const { store, inventory, recorder, clock = systemClock } = options;
    const maxStates = validLimit('maxStates', options.maxStates ?? 1_000, 0);
    const maxBytes = validLimit('maxBytes', options.maxBytes ?? 512 * 2 ** 20, 1);
    const maxWaiting = validLimit('maxWaitingSaves', options.maxWaitingSaves ?? 100, 1);
    // A guess alone must not keep a state out, nor all others.
    this.#mostGuessed = Math.floor(maxBytes / 4);
    this.store = store;
    this.inventory = inventory;
    this.phases = recorder ?? noPhases;
    this.#recorder = recorder;
    this.#onFault = options.onFault ?? warn;
    this.#clock = clock;
    this.#saver = new SnapshotSaver({ store, clock, maxWaiting });
    // To lru-cache a maximum of 0 means none at all.
    this.#states =
      maxStates === 0
        ? undefined
        : new LRUCache({ max: maxStates, maxSize: maxBytes, sizeCalculation: ({ bytes }) => bytes });
  }

  /** Milliseconds; only differences mean something. */
  get now(): number {
    return this.#clock.monotonicMicros() / 1e3;
  }

  /** Of the wall clock, which may not be the database's. */
  msSince(time: Date): number {
    return Math.max(0, this.#clock.now().getTime() - time.getTime());
  }

  /** Whether states stay in memory. */
  get keepsWarm(): boolean {
    return this.#states !== undefined;
  }

  figures(): SnapshotFigures {
    const handlers = [...this.#counters].map(([name, counter]) => [name, counter.figures()] as const);
    return {
      handlers: Object.fromEntries(handlers),
      saves: this.#saver.figures(),
      keptStates: this.#states?.size ?? 0,
      keptBytes: this.#states?.calculatedSize ?? 0,
    };
  }

  /** Resolves when all that was to be saved is saved or has failed. */
  settled(): Promise<void> {
    return this.#saver.settled();
  }

  /** Forgets the states in memory, as a new process would have none. Operations under way end with theirs. */
  forget(): void {
    for (const { state } of this.#states?.values() ?? []) state.isForgotten = true;
    this.#states?.clear();
  }

  warm<State>(key: string): WarmState<State> | undefined {
    const state = this.#states?.get(key)?.state;
    if (state === undefined || state.kept.isBroken) return undefined;
    // Keys contain the name of the handler and the version of its projection, which say what the state is.
    return state as unknown as WarmState<State>;
  }

  /** Also when it has grown, so that the bound on bytes is kept. */
  keepWarm<State>(key: string, state: WarmState<State>): void {
    if (state.isForgotten) return;
    const bytes = state.bytes(this.#mostGuessed);
    this.#states?.set(key, { state: state as unknown as WarmState<never>, bytes });
  }

  /** When its size has become known, if it is still in memory. */
  weigh<State>(key: string, state: WarmState<State>): void {
    if (this.#holds(key, state)) this.keepWarm(key, state);
  }

  /** For good: operations that have it yet do not bring it back in the place of a better one. */
  drop<State>(key: string, state: WarmState<State>): void {
    state.isForgotten = true;
    if (this.#holds(key, state)) this.#states?.delete(key);
  }

  #holds<State>(key: string, state: WarmState<State>): boolean {
    const kept: unknown = this.#states?.peek(key)?.state;
    return kept === state;
  }

  /** Gives whether it answered. */
  flightOf(key: string): Promise<boolean> | undefined {
    return this.#flights.get(key);
  }

  /** The one that fetches or rebuilds the state of a key; others wait for it to end, however it ends. */
  async fly<Answer>(key: string, work: () => Promise<Answer>): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#flights.set(key, promise);
    let hasAnswered = false;
    try {
      const answer = await work();
      hasAnswered = true;
      return answer;
    } finally {
      if (this.#flights.get(key) === promise) this.#flights.delete(key);
      resolve(hasAnswered);
    }
  }

  /** @returns whether it will be tried */
  save<State>(job: SaveJob<State>): boolean {
    return this.#saver.order(job as unknown as SaveJob);
  }

  used(handler: string, use: SnapshotUse): void {
    const counter = this.#counters.get(handler) ?? new UseCounter();
    this.#counters.set(handler, counter);
    counter.add(use);
    this.#recorder?.snapshotUsed(use);
  }

  /** Whoever is told cannot break the operation, nor the saves behind this one. */
  tell(fault: SnapshotFault): void {
    try {
      this.#onFault(fault);
    } catch (listenersFault) {
      warn(fault);
      process.emitWarning(`Who was told of it threw: ${textOf(listenersFault)}`, { code: 'SNAPSHOT' });
    }
  }
}

function warn({ handler, what, fault }: SnapshotFault): void {
  process.emitWarning(`A snapshot of ${handler} failed to ${what}: ${textOf(fault)}`, { code: 'SNAPSHOT' });
}

function textOf(fault: unknown): string {
  return fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
}
