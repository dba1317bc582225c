import type {
  EventStorePhase,
  EventStoreRecorder,
  OperationEnd,
  StoreOperation,
} from '../../../server/eventstore/instrumentation.ts';

export type ToldOperation = Omit<OperationEnd, 'fault' | 'outcome'> & {
  readonly name: string;
  readonly outcome: string;
  readonly isSampled: boolean;
};

/** What is told of an operation that went well and had nothing to do. */
export function toldOperation(name: string, told: Partial<ToldOperation> = {}): ToldOperation {
  return { name, outcome: 'ok', isSampled: true, events: 0, batches: 0, isFound: false, ...told };
}

/** Keeps all that it is told, and counts the calls. */
export class ToldOperations implements Required<EventStoreRecorder> {
  readonly started: string[] = [];
  readonly ended: ToldOperation[] = [];
  /** Each with the operation that it was told of. */
  readonly phases: [EventStorePhase, StoreOperation][] = [];
  eventCalls = 0;
  calls = 0;
  lastFault: unknown;

  operationStarted({ name }: StoreOperation): void {
    this.calls += 1;
    this.started.push(name);
  }

  operationEnded({ name, isSampled }: StoreOperation, { fault, ...end }: OperationEnd): void {
    this.calls += 1;
    this.lastFault = fault;
    this.ended.push({ name, isSampled, ...end });
  }

  startPhase(phase: EventStorePhase, operation: StoreOperation): () => void {
    this.calls += 1;
    this.phases.push([phase, operation]);
    return () => {
      this.calls += 1;
    };
  }

  eventsRead(): void {
    this.calls += 1;
    this.eventCalls += 1;
  }

  eventsAppended(): void {
    this.calls += 1;
    this.eventCalls += 1;
  }
}
