import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../lib/clock.ts';
import { coldMicros } from '../../lib/cold-time.ts';
import { type Quartiles, quartiles } from '../../lib/quartiles.ts';
import { observeClients } from './observe-clients.ts';
import { type ClientClass, isClientClass } from './pg-shapes.ts';
import { RecordedCalls } from './recorded-calls.ts';

const TRIALS = 200;
/** Until it is compiled. */
const WARM_UP = 300;

/**
 * Microseconds that it takes to observe one statement, measured in this process with clients that ask no database: how much
 * longer a statement takes where it is observed than the median where it is not, by turns. It leaves pg itself alone: whatever
 * is put in front of its methods has them compiled anew.
 */
export async function statementCost(clock: Clock): Promise<Quartiles> {
  const [bare] = trialClient();
  const [observed, observedClass] = trialClient();
  const current = new AsyncLocalStorage<number>();
  const calls = new RecordedCalls();
  const end = observeClients(observedClass, {
    operation: () => current.getStore(),
    now: () => clock.monotonicMicros(),
    executed: (call) => calls.take(call),
    acquired: () => undefined,
  });
  const times = { bare: [] as number[], observed: [] as number[] };
  for (let trial = -WARM_UP; trial < TRIALS; trial++) {
    const micros = {
      bare: await coldMicros(() => answered(bare)),
      observed: await current.run(0, () => coldMicros(() => answered(observed))),
    };
    if (trial < 0) continue;
    times.bare.push(micros.bare);
    times.observed.push(micros.observed);
  }
  end();
  const { median } = quartiles(times.bare);
  return quartiles(times.observed.map((micros) => Math.max(0, micros - median)));
}

interface TrialClient {
  query(text: string): TrialStatement;
}

interface TrialStatement {
  handleCommandComplete(message: { readonly text: string }): void;
  handleReadyForQuery(): void;
}

const TEXT = 'SELECT trial WHERE id = $1';
const COMPLETE = { text: 'SELECT 1' };

function answered(client: TrialClient): void {
  const statement = client.query(TEXT);
  statement.handleCommandComplete(COMPLETE);
  statement.handleReadyForQuery();
}

/** In the shape of pg's; each has classes of its own, so that what is observed of one slows nothing of another. */
function trialClient(): readonly [TrialClient, ClientClass] {
  class Statement implements TrialStatement {
    readonly text: string;
    readonly values = [1];
    readonly name = 'trial';
    isComplete = false;
    isReady = false;

    constructor(text: string) {
      this.text = text;
    }

    requiresPreparation(): boolean {
      return true;
    }

    submit(): null {
      return null;
    }

    handleCommandComplete(_message: unknown): void {
      this.isComplete = true;
    }

    handleReadyForQuery(): void {
      this.isReady = true;
    }

    handleError(): void {
      this.isReady = false;
    }
  }
  class Client implements TrialClient {
    readonly _queryQueue: readonly Statement[] = [];
    _activeQuery: Statement | undefined;

    query(text: string): Statement {
      const statement = new Statement(text);
      this._activeQuery = statement;
      return statement;
    }

    /** By which a class is recognised as pg's. */
    _pulseQueryQueue(): void {
      this._activeQuery = undefined;
    }
  }
  const observable: unknown = Client;
  if (!isClientClass(observable)) throw new TypeError('The trial is not in the shape of pg');
  return [new Client(), observable];
}
