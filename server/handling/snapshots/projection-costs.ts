/** What events and saves of one projection cost, as measured so far; later measurements count more. Milliseconds. */
export class ProjectionCosts {
  #eventMs: number | undefined;
  #saveMs: number | undefined;

  get measured(): { readonly eventMs: number; readonly saveMs: number } {
    // Before the first: what an event takes in a replay, and what a small state takes to be saved.
    return { eventMs: this.#eventMs ?? 0.005, saveMs: this.#saveMs ?? 5 };
  }

  read(events: number, ms: number): void {
    // Below that the round trip is most of it, which a cold reader pays anyway.
    if (events >= 100) this.#eventMs = mean(this.#eventMs, ms / events);
  }

  saved(ms: number): void {
    this.#saveMs = mean(this.#saveMs, ms);
  }
}

function mean(before: number | undefined, latest: number): number {
  return before === undefined ? latest : before * 0.7 + latest * 0.3;
}
