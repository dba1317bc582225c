import type { ServerClient } from '../../server/protocol/client.ts';
import type { Run } from '../../server/protocol/run.ts';
import { ServerRequestError } from '../../server/protocol/server-request-error.ts';
import { formatMillis } from '../format.ts';

/** More are asked for as the list grows; each is a small request. */
const MOST_AT_ONCE = 12;

/** What is shown of a run's result in a list. */
export interface RunCost {
  /** What an operation cost, in words: `180 ms`; empty while unknown. */
  readonly cost: string;
  /** Recorded ones. */
  readonly operations?: number;
}

const UNKNOWN: RunCost = { cost: '' };

/** What an operation cost in each run, and how many there were. A result never changes, so each is asked for once. */
export class RunCosts {
  readonly #client: ServerClient;
  readonly #known = new Map<string, RunCost>();

  constructor(client: ServerClient) {
    this.#client = client;
  }

  of(run: string): RunCost {
    return this.#known.get(run) ?? UNKNOWN;
  }

  /** Learns the costs of the newest runs that are not known yet. Resolves to whether there was any. */
  async learn(runs: readonly Run[]): Promise<boolean> {
    const unknown = runs
      .filter(
        ({ id, state, request }) =>
          state === 'succeeded' && request.kind === 'profile' && !this.#known.has(id),
      )
      .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
      .slice(0, MOST_AT_ONCE);
    await Promise.all(unknown.map(({ id }) => this.#ask(id)));
    return unknown.length > 0;
  }

  async #ask(id: string): Promise<void> {
    // Asked for only once, also where the server cannot tell.
    this.#known.set(id, UNKNOWN);
    try {
      const result = await this.#client.result(id);
      if (result.kind !== 'profile') return;
      const micros = result.operationTimes?.medianMicros ?? result.operationMicros / result.iterations;
      const cost = Number.isFinite(micros) ? formatMillis(micros) : '';
      this.#known.set(id, { cost, operations: result.iterations });
    } catch (error) {
      if (!(error instanceof ServerRequestError)) throw error;
    }
  }
}
