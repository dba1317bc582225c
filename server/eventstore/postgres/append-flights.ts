import type { OperationTrack } from '../operation-track.ts';
import { appendAlone, appendTogether, type FlightSite } from './append-flight.ts';
import { SharedLocks } from './append-locks.ts';
import type { AppendWork } from './append-statements.ts';
import type { Interruption } from './interruption.ts';
import { type StoredRows, WaitingAppend } from './waiting-append.ts';

/** One that takes longer waits for somebody, or the network is slow: nobody waits for it any more. Milliseconds. */
const patience = 5;

/** An answer carries a row for each; so many that one does not keep the connection for long. */
const maxTogether = 32;

/**
 * Sends appends. The first few at once, each on its own connection; those that come while these are under way go together
 * in one transaction, if none of them could store what another one's boundary reads. Where many append, that is most of
 * what an append costs both sides: a transaction and its commit, a message each way.
 */
export class AppendFlights {
  readonly #site: FlightSite;
  readonly #atOnce: number;
  readonly #waiting = new Set<WaitingAppend>();
  /** When each flight under way began. */
  readonly #underWay = new Set<{ readonly since: number }>();
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;

  /** @param atOnce while fewer than so many are under way an append does not wait for others */
  constructor(site: FlightSite, atOnce: number) {
    this.#site = site;
    this.#atOnce = atOnce;
  }

  send(
    work: AppendWork,
    interruption: Interruption | undefined,
    track: OperationTrack | undefined,
  ): Promise<StoredRows> {
    if (!work.isSmall) return appendAlone(this.#site, { work, interruption, track });
    if (this.#waiting.size === 0 && this.#hasRoom()) {
      return this.#underway(appendAlone(this.#site, { work, interruption, track }));
    }
    const append = new WaitingAppend({ work, interruption, track });
    this.#waiting.add(append);
    append.leavesBy(() => this.#waiting.delete(append));
    this.#timer ??= setTimeout(this.#depart, patience);
    return append.rows;
  }

  /** Lets go of all that wait, however many are under way. */
  departAll(): void {
    while (this.#waiting.size > 0) this.#departOne();
  }

  readonly #depart = (): void => {
    this.#isDue = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#waiting.size > 0 && this.#hasRoom()) this.#departOne();
    if (this.#waiting.size > 0) this.#timer = setTimeout(this.#depart, patience);
  };

  #departOne(): void {
    const locks = new SharedLocks();
    const together = new Set<WaitingAppend>();
    for (const append of this.#waiting) {
      if (together.size < maxTogether && locks.join(append.work.locks)) together.add(append);
    }
    for (const append of together) this.#waiting.delete(append);
    const [first] = together;
    if (!first) return;
    void this.#underway(
      together.size === 1
        ? first.settleBy(() => appendAlone(this.#site, first))
        : first.does(() => appendTogether(this.#site, together, locks.keys)),
    );
  }

  async #underway<T>(flight: Promise<T>): Promise<T> {
    const begun = { since: performance.now() };
    this.#underWay.add(begun);
    try {
      return await flight;
    } finally {
      this.#underWay.delete(begun);
      this.#departSoon();
    }
  }

  /** When all answers that came with this one are read: who decided on them may travel along. */
  #departSoon(): void {
    if (this.#isDue || this.#waiting.size === 0) return;
    this.#isDue = true;
    setImmediate(this.#depart);
  }

  #hasRoom(): boolean {
    if (this.#underWay.size < this.#atOnce) return true;
    const oldest = performance.now() - patience;
    let count = 0;
    for (const { since } of this.#underWay) if (since > oldest) count += 1;
    return count < this.#atOnce;
  }
}
