import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventStoreRecorder, PhaseEnd } from '../../eventstore/instrumentation.ts';
import type { Clock } from '../../lib/clock.ts';
import type { CacheUse, OperationRecord, Outcome, Phase, SnapshotUse } from './operation-record.ts';
import { type Operation, RunningOperation } from './running-operation.ts';

/** Marks work as a phase of the operation that it belongs to. */
export interface PhaseMarker {
  /** Runs the work as a phase; asynchronous work is in the phase until its promise settles. */
  phase<T>(name: Phase, work: () => T): T;
  /** An event was read only to recognise the state that reading goes on from: it is none of the events read. */
  eventRecognised(event: { readonly eventType: string }): void;
}

/** Marks nothing: for handlers that nobody observes. */
export const noPhases: PhaseMarker = {
  phase: (_name, work) => work(),
  eventRecognised: () => undefined,
};

/** Told where the state of an operation came from. */
export interface SnapshotUseRecorder {
  snapshotUsed(use: SnapshotUse): void;
}

/** Told where a cached answer came from. */
export interface CacheUseRecorder {
  cacheUsed(use: CacheUse): void;
}

/** Told of the attempts of an operation, and of the waiting between them. */
export interface RetryRecorder {
  attemptStarted(): void;
  /** Until the returned function is called, nothing is done. */
  startRetryDelay(): PhaseEnd;
}

/** Told the record of an operation that failed, before its fault is thrown on. */
export type FailedOperation = (record: OperationRecord) => void;

/**
 * Records where operations spend their time. Phases find their operation by the asynchronous context, so
 * operations may run at the same time; outside of an operation phases cost one look-up and leave no trace.
 * As the recorder of an event store's instrumentation it sees the store's phases too.
 */
export interface OperationRecorder
  extends EventStoreRecorder,
    PhaseMarker,
    CacheUseRecorder,
    RetryRecorder,
    SnapshotUseRecorder {
  startPhase(phase: Phase): PhaseEnd;
  eventsRead(events: readonly { readonly eventType: string }[]): void;
  eventsAppended(count: number): void;
  /** Runs the work as one operation. A fault of the work is thrown on, after `failed` got the record. */
  observe<Answer extends HasOutcome>(
    operation: Operation,
    work: () => Promise<Answer>,
    failed?: FailedOperation,
  ): Promise<{ readonly answer: Answer; readonly record: OperationRecord }>;
  /** The same for work whose answer nobody needs. */
  record(
    operation: Operation,
    work: () => Promise<HasOutcome>,
    failed?: FailedOperation,
  ): Promise<OperationRecord>;
}

interface HasOutcome {
  readonly outcome: Outcome;
}

const nothingToEnd: PhaseEnd = () => undefined;

export function createOperationRecorder(clock: Clock): OperationRecorder {
  const current = new AsyncLocalStorage<RunningOperation>();

  function startPhase(phase: Phase): PhaseEnd {
    const operation = current.getStore();
    if (operation === undefined || operation.isOver) return nothingToEnd;
    const entered = operation.stretches.enter(phase, clock.monotonicMicros());
    return () => operation.stretches.leave(entered, clock.monotonicMicros());
  }

  function phase<T>(name: Phase, work: () => T): T {
    const end = startPhase(name);
    let settlesLater = false;
    try {
      const result = work();
      if (result instanceof Promise) {
        settlesLater = true;
        // The caller gets the work's own promise and sees its fault; this branch only takes the time.
        result.then(end, end);
      }
      return result;
    } finally {
      if (!settlesLater) end();
    }
  }

  function eventsRead(events: readonly { readonly eventType: string }[]): void {
    const operation = current.getStore();
    if (operation !== undefined && !operation.isOver) operation.eventsRead(events);
  }

  function eventRecognised(event: { readonly eventType: string }): void {
    const operation = current.getStore();
    if (operation !== undefined && !operation.isOver) operation.eventRecognised(event);
  }

  function eventsAppended(count: number): void {
    const operation = current.getStore();
    if (operation !== undefined && !operation.isOver) operation.eventsAppended(count);
  }

  function snapshotUsed(use: SnapshotUse): void {
    const operation = current.getStore();
    if (operation !== undefined && !operation.isOver) operation.snapshotUsed(use);
  }

  function cacheUsed(use: CacheUse): void {
    const operation = current.getStore();
    if (operation !== undefined && !operation.isOver) operation.cacheUsed(use);
  }

  function attemptStarted(): void {
    const operation = current.getStore();
    if (operation !== undefined && !operation.isOver) operation.attemptStarted();
  }

  function startRetryDelay(): PhaseEnd {
    const operation = current.getStore();
    if (operation === undefined || operation.isOver) return nothingToEnd;
    const start = clock.monotonicMicros();
    return () => operation.retryDelayed(clock.monotonicMicros() - start);
  }

  const observe: OperationRecorder['observe'] = async (operation, work, failed) => {
    const running = new RunningOperation(operation);
    // Inside of the context, because entering it costs about 2 µs that are not the operation's.
    const observed = async () => {
      running.start(clock.monotonicMicros());
      const answer = await work();
      return { answer, record: running.end(answer.outcome, clock.monotonicMicros()) };
    };
    try {
      return await current.run(running, observed);
    } catch (fault) {
      failed?.(running.end('failed', clock.monotonicMicros()));
      throw fault;
    }
  };

  return {
    startPhase,
    phase,
    eventsRead,
    eventRecognised,
    eventsAppended,
    snapshotUsed,
    cacheUsed,
    attemptStarted,
    startRetryDelay,
    observe,
    record: async (operation, work, failed) => (await observe(operation, work, failed)).record,
  };
}
