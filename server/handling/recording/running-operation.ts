import type { CacheUse, HandlerKind, OperationRecord, Outcome, SnapshotUse } from './operation-record.ts';
import { PhaseStretches } from './phase-stretches.ts';

/** Which execution of which handler. */
export interface Operation {
  readonly handler: string;
  readonly kind: HandlerKind;
  /** Counts the executions of a run from 0. */
  readonly iteration: number;
}

/** What is known of an operation while it runs. */
export class RunningOperation {
  readonly stretches = new PhaseStretches();
  readonly #operation: Operation;
  readonly #eventsReadByType = new Map<string, number>();
  #eventsAppended = 0;
  #snapshot: SnapshotUse | undefined;
  #cache: CacheUse | undefined;
  #attempts = 0;
  #retryDelayMicros = 0;
  #startMicros = 0;
  #isOver = false;

  constructor(operation: Operation) {
    this.#operation = operation;
  }

  /** A connection opened during an operation keeps its context for good: what comes later is not the operation's. */
  get isOver(): boolean {
    return this.#isOver;
  }

  start(now: number): void {
    this.#startMicros = now;
  }

  eventsRead(events: readonly { readonly eventType: string }[]): void {
    const counts = this.#eventsReadByType;
    for (const { eventType } of events) counts.set(eventType, (counts.get(eventType) ?? 0) + 1);
  }

  /** Takes back one that was read, where reads are told at all. */
  eventRecognised({ eventType }: { readonly eventType: string }): void {
    const read = this.#eventsReadByType.get(eventType) ?? 0;
    if (read > 1) this.#eventsReadByType.set(eventType, read - 1);
    else this.#eventsReadByType.delete(eventType);
  }

  eventsAppended(count: number): void {
    this.#eventsAppended += count;
  }

  /** Of several attempts the last one's. */
  snapshotUsed(use: SnapshotUse): void {
    this.#snapshot = use;
  }

  cacheUsed(use: CacheUse): void {
    this.#cache = use;
  }

  attemptStarted(): void {
    this.#attempts += 1;
  }

  retryDelayed(micros: number): void {
    this.#retryDelayMicros += micros;
  }

  end(outcome: Outcome, now: number): OperationRecord {
    this.stretches.leaveAll(now);
    this.#isOver = true;
    const { handler, kind, iteration } = this.#operation;
    return {
      handler,
      kind,
      iteration,
      startMicros: this.#startMicros,
      durationMicros: now - this.#startMicros,
      phases: this.stretches.spans,
      eventsReadByType: Object.fromEntries(this.#eventsReadByType),
      eventsAppended: this.#eventsAppended,
      outcome,
      ...(this.#snapshot && { snapshot: this.#snapshot }),
      ...(this.#cache && { cache: this.#cache }),
      ...(this.#attempts > 0 ? { attempts: this.#attempts } : {}),
      ...(this.#retryDelayMicros > 0 ? { retryDelayMicros: this.#retryDelayMicros } : {}),
    };
  }
}
