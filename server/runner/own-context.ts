import type pg from 'pg';
import type { HandlerContext } from '../config/handler-context.ts';
import type { EventStore } from '../eventstore/event-store.ts';
import type { Phase } from '../handling/recording/operation-record.ts';
import type { OperationRecorder } from '../handling/recording/operation-recorder.ts';
import { PHASES } from '../protocol/phase.ts';
import type { OwnResources } from './own-resources.ts';

interface OwnContextOptions {
  readonly resources: OwnResources;
  readonly recorder: OperationRecorder;
  readonly iteration: number;
}

/** The second argument of a handler of one's own; made for each execution, so it makes nothing itself. */
export class OwnContext implements HandlerContext {
  readonly iteration: number;
  readonly #resources: OwnResources;
  readonly #recorder: OperationRecorder;

  constructor({ resources, recorder, iteration }: OwnContextOptions) {
    this.iteration = iteration;
    this.#resources = resources;
    this.#recorder = recorder;
  }

  get store(): EventStore {
    return this.#resources.store;
  }

  get pool(): pg.Pool {
    return this.#resources.pool;
  }

  get databaseUrl(): string {
    return this.#resources.databaseUrl;
  }

  get signal(): AbortSignal {
    return this.#resources.signal;
  }

  // A field, so that it can be taken out: `({ phase }) => phase('decide', …)`.
  readonly phase = <T>(name: Phase, work: () => T): T => {
    if (!known.has(name)) {
      throw new TypeError(`There is no phase '${name}'; the phases are ${PHASES.join(', ')}.`);
    }
    return this.#recorder.phase(name, work);
  };
}

const known: ReadonlySet<string> = new Set(PHASES);
