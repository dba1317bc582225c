import type { Snapshot } from '../../eventstore/snapshot.ts';
import type { KeptState } from '../folding/kept-state.ts';
import type { SaveSituation } from './save-policy.ts';

/** In bytes: as if a state had 16 characters of text for an event. The library's collective states have 5 to 25. */
const guessedPerEvent = 128;

type SavedPart = Pick<KeptState<unknown>, 'sequenceNumber' | 'settledEvents'>;

/** A kept state with what is needed to decide when it is saved, read in batches, or dropped. Times are milliseconds. */
export class WarmState<State> {
  readonly kept: KeptState<State>;
  /** Whether operations that have it yet must not bring it back into memory. */
  isForgotten = false;
  /** The saved one that was found to be of no use, until this state has taken its place. */
  replaces: Snapshot['mark'] | undefined;
  readonly #keptSince: number;
  #readAt: number;
  #savedAt: number | undefined;
  #isOrdered = false;
  /** What the last save held, and what one holds that is under way. */
  #saved: SavedPart | undefined;
  #encoded: SavedPart | undefined;
  #characters = 0;
  /** How many events it had when its characters were counted. */
  #weighedEvents = 0;
  #failures = 0;
  #notBefore = 0;

  /** @param now when it was brought up to date */
  constructor(kept: KeptState<State>, now: number) {
    this.kept = kept;
    this.#keptSince = now;
    this.#readAt = now;
  }

  /**
   * About what it takes in memory: objects take some four times their text, and there may be a second state ahead of it.
   * What was never encoded is guessed by its events.
   * @param mostGuessed the guess at most: events can also be few bytes of state
   */
  bytes(mostGuessed: number): number {
    const guessed = (this.kept.settledEvents - this.#weighedEvents) * guessedPerEvent;
    return Math.max(1_000, this.#characters * 8 + Math.min(guessed, mostGuessed));
  }

  /** When it was last brought up to date. */
  get readAt(): number {
    return this.#readAt;
  }

  isRead(now: number): void {
    this.#readAt = now;
  }

  /** That it came from a snapshot. */
  isStored(characters: number, savedAt: number): void {
    this.#saved = this.#now;
    this.#characters = characters;
    this.#weighedEvents = this.kept.settledEvents;
    this.#savedAt = savedAt;
  }

  /** That a save was ordered; until it is known what came of it there is none to order. */
  isOrdered(): void {
    this.#isOrdered = true;
  }

  /** That it is being saved as it is now. */
  isEncoded(): void {
    this.#encoded = this.#now;
  }

  /** What that gave, whether it can be saved or not. */
  isWeighed(characters: number): void {
    this.#characters = characters;
    this.#weighedEvents = this.#encoded?.settledEvents ?? 0;
  }

  isSaved(now: number): void {
    this.#saved = this.#encoded;
    this.#savedAt = now;
    this.#isOrdered = false;
    this.#failures = 0;
    this.replaces = undefined;
  }

  /** Not to be tried again at once: 1 s after the first failure, twice as long after each further one, up to a minute. */
  isNotSaved(now: number): void {
    this.#notBefore = now + Math.min(60_000, 1_000 * 2 ** this.#failures);
    this.#failures += 1;
    this.#isOrdered = false;
  }

  mayBeSaved(now: number): boolean {
    const isPossible = !this.kept.isBroken && !this.kept.isEmpty;
    const isNew = this.kept.sequenceNumber !== this.#saved?.sequenceNumber;
    return isPossible && isNew && !this.#isOrdered && now >= this.#notBefore;
  }

  situation(now: number, costs: { readonly eventMs: number; readonly saveMs: number }): SaveSituation {
    const eventsSinceSave = this.kept.settledEvents - (this.#saved?.settledEvents ?? 0);
    return {
      eventsSinceSave,
      msSinceSave: now - (this.#savedAt ?? this.#keptSince),
      tailMs: eventsSinceSave * costs.eventMs,
      saveMs: costs.saveMs,
    };
  }

  get #now(): SavedPart {
    const { sequenceNumber, settledEvents } = this.kept;
    return { sequenceNumber, settledEvents };
  }
}
