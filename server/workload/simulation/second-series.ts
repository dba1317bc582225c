import type { SecondFigures } from './summary.ts';
import type { OutcomeCounts, Tally } from './tally.ts';

interface Now {
  readonly conflicts: number;
  readonly backlog: number;
  readonly inFlight: number;
}

type Counts = Omit<SecondFigures, 'second' | 'p99Micros' | 'backlog' | 'inFlight'>;

/** What happens in each second, from the difference of what had happened by its begin and by its end. */
export class SecondSeries {
  readonly #tally: Tally;
  readonly #seconds: SecondFigures[] = [];
  #before: Counts;

  constructor(tally: Tally, conflicts: number) {
    this.#tally = tally;
    this.#before = countsOf(tally, conflicts);
    tally.lately.reset();
  }

  get seconds(): readonly SecondFigures[] {
    return this.#seconds;
  }

  /** A second is over. */
  next({ conflicts, backlog, inFlight }: Now): SecondFigures {
    const counts = countsOf(this.#tally, conflicts);
    const figures: SecondFigures = {
      second: this.#seconds.length + 1,
      ...difference(counts, this.#before),
      p99Micros: this.#tally.lately.figures?.p99Micros ?? 0,
      backlog,
      inFlight,
    };
    this.#before = counts;
    this.#tally.lately.reset();
    this.#seconds.push(figures);
    return figures;
  }
}

function countsOf(tally: Tally, conflicts: number): Counts {
  const { accepted, idempotent, rejected, answered, ...rest } = tally.outcomes;
  return {
    ended: tally.ended,
    accepted,
    idempotent,
    rejected,
    answered,
    undone: undoneOf(rest),
    eventsAppended: tally.eventsAppended,
    conflicts,
    retries: tally.retries,
  };
}

/** Cancelled, failed, or of unknown outcome. */
export function undoneOf({
  cancelled,
  failed,
  unknown,
}: Pick<OutcomeCounts, 'cancelled' | 'failed' | 'unknown'>): number {
  return cancelled + failed + unknown;
}

function difference(now: Counts, before: Counts): Counts {
  return {
    ended: now.ended - before.ended,
    accepted: now.accepted - before.accepted,
    idempotent: now.idempotent - before.idempotent,
    rejected: now.rejected - before.rejected,
    answered: now.answered - before.answered,
    undone: now.undone - before.undone,
    eventsAppended: now.eventsAppended - before.eventsAppended,
    conflicts: now.conflicts - before.conflicts,
    retries: now.retries - before.retries,
  };
}
