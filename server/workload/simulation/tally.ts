import type { SnapshotUse } from '../../handling/recording/operation-record.ts';
import { Latency, type LatencyFigures } from './latency.ts';
import { ACTION_OUTCOMES, type ActionOutcome, type LibraryAction } from './library-action.ts';

export type HandlerName = LibraryAction['handler'];
export type OutcomeCounts = Readonly<Record<ActionOutcome, number>>;

/** How one operation ended. */
export interface Ended {
  readonly outcome: ActionOutcome;
  /** Of the fault, for the outcomes that are one. */
  readonly code?: string;
  readonly eventsAppended: number;
  /** Executions of the handler beyond the first. */
  readonly retries: number;
  /** Where none is kept, absent. */
  readonly snapshot?: SnapshotUse;
}

/** Microseconds that an operation took. */
export interface Took {
  /** From when it was begun. */
  readonly serviceMicros: number;
  /** From when it should have begun. */
  readonly responseMicros: number;
}

export interface HandlerFigures {
  readonly handler: HandlerName;
  readonly count: number;
  readonly outcomes: OutcomeCounts;
  readonly retries: number;
  /** Absent where nothing was measured, as for operations of the warm-up. */
  readonly service?: LatencyFigures;
  readonly response?: LatencyFigures;
}

/** What was done of one handler. */
class HandlerTally {
  count = 0;
  retries = 0;
  readonly outcomes = noOutcomes();
  readonly service = new Latency();
  readonly response = new Latency();
}

/** Counts of all operations, and latencies since the last `beginWindow`. An operation is counted when it begins. */
export class Tally {
  readonly #handlers = new Map<HandlerName, HandlerTally>();
  readonly #errors = new Map<string, number>();
  readonly #snapshots = new Map<string, number>();
  readonly service = new Latency();
  readonly response = new Latency();
  /** Of the operations since the last second began. */
  readonly lately = new Latency();
  readonly lag = new Latency();
  #begun = 0;
  #ended = 0;
  #eventsAppended = 0;
  #retries = 0;
  #brokenOff = 0;

  get begun(): number {
    return this.#begun;
  }

  get ended(): number {
    return this.#ended;
  }

  get eventsAppended(): number {
    return this.#eventsAppended;
  }

  get retries(): number {
    return this.#retries;
  }

  /** Of those whose latency is known, how many had not ended: theirs is a lower bound. */
  get brokenOff(): number {
    return this.#brokenOff;
  }

  /** How often which fault ended an operation, by its code. */
  get errors(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#errors);
  }

  /** Where states came from: `warm`, `stored`, or why there was none. */
  get snapshots(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#snapshots);
  }

  get outcomes(): OutcomeCounts {
    const sum = noOutcomes();
    for (const { outcomes } of this.#handlers.values()) {
      for (const outcome of ACTION_OUTCOMES) sum[outcome] += outcomes[outcome];
    }
    return sum;
  }

  begin(handler: HandlerName): void {
    this.#begun += 1;
    this.#of(handler).count += 1;
  }

  /** @param took undefined for what is not measured */
  end(handler: HandlerName, ended: Ended, took: Took | undefined): void {
    const tally = this.#of(handler);
    this.#ended += 1;
    tally.outcomes[ended.outcome] += 1;
    tally.retries += ended.retries;
    this.#retries += ended.retries;
    this.#eventsAppended += ended.eventsAppended;
    if (ended.code !== undefined) count(this.#errors, ended.code);
    if (ended.snapshot !== undefined) count(this.#snapshots, ended.snapshot.reason ?? ended.snapshot.use);
    if (took === undefined) return;
    if (ended.outcome === 'cancelled') this.#brokenOff += 1;
    for (const part of [tally, this]) {
      part.service.record(took.serviceMicros);
      part.response.record(took.responseMicros);
    }
    this.lately.record(took.responseMicros);
  }

  /** Somebody left after so long without having been served: a lower bound of what it would have taken. */
  gaveUp(waitedMicros: number): void {
    this.response.record(waitedMicros);
  }

  /** Latencies from now on. */
  beginWindow(): void {
    for (const part of [this, ...this.#handlers.values()]) {
      part.service.reset();
      part.response.reset();
    }
    this.lag.reset();
    this.#brokenOff = 0;
  }

  /** Of each handler that did something, the busiest first. */
  handlers(): HandlerFigures[] {
    const figures = Array.from(this.#handlers, ([handler, tally]) => ({
      handler,
      count: tally.count,
      outcomes: { ...tally.outcomes },
      retries: tally.retries,
      ...withoutUndefined({ service: tally.service.figures, response: tally.response.figures }),
    }));
    return figures.toSorted((a, b) => b.count - a.count);
  }

  #of(handler: HandlerName): HandlerTally {
    const known = this.#handlers.get(handler);
    if (known !== undefined) return known;
    const tally = new HandlerTally();
    this.#handlers.set(handler, tally);
    return tally;
  }
}

function noOutcomes(): Record<ActionOutcome, number> {
  return { accepted: 0, idempotent: 0, rejected: 0, answered: 0, cancelled: 0, failed: 0, unknown: 0 };
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function withoutUndefined(figures: {
  readonly service: LatencyFigures | undefined;
  readonly response: LatencyFigures | undefined;
}): Pick<HandlerFigures, 'service' | 'response'> {
  const { service, response } = figures;
  return { ...(service && { service }), ...(response && { response }) };
}
