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

  /** Events of one type often stand together: they are looked up once. */
  eventsRead(events: readonly { readonly eventType: string }[]): void {
    let counted = 0;
    for (let at = 0; at < events.length; at++) {
      const type = events[at]?.eventType ?? '';
      if (events[at + 1]?.eventType === type) continue;
      this.#countRead(type, at + 1 - counted);
      counted = at + 1;
    }
  }

  #countRead(type: string, events: number): void {
    this.#eventsReadByType.set(type, (this.#eventsReadByType.get(type) ?? 0) + events);
  }

  /** Takes back one that was read, where reads are told at all. */
  eventRecognised({ eventType }: { readonly eventType: string }): void {
    const read = this.#eventsReadByType.get(eventType) ?? 0;
    if (read > 1) this.#eventsReadByType.set(eventType, read - 1);
    else this.#eventsReadByType.delete(eventType);
  }

  /** `Object.fromEntries` takes four times as long; it is needed for the one name that cannot be assigned. */
  #read(): Record<string, number> {
    const counts = this.#eventsReadByType;
    if (counts.has('__proto__')) return Object.fromEntries(counts);
    const read: Record<string, number> = {};
    counts.forEach((count, type) => {
      read[type] = count;
    });
    return read;
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
    // Made in one piece and completed field by field: spreading what may be absent took 4 µs of each operation.
    const record: Writable<OperationRecord> = {
      handler,
      kind,
      iteration,
      startMicros: this.#startMicros,
      durationMicros: now - this.#startMicros,
      phases: this.stretches.spans,
      eventsReadByType: this.#read(),
      eventsAppended: this.#eventsAppended,
      outcome,
    };
    if (this.#snapshot !== undefined) record.snapshot = this.#snapshot;
    if (this.#cache !== undefined) record.cache = this.#cache;
    if (this.#attempts > 0) record.attempts = this.#attempts;
    if (this.#retryDelayMicros > 0) record.retryDelayMicros = this.#retryDelayMicros;
    return record;
  }
}

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };
