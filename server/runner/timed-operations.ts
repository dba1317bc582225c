import type { OperationRecord } from '../handling/recording/operation-record.ts';
import type { Capture } from '../profiling/capture/collector.ts';
import type { ProfileRequest } from '../protocol/run.ts';
import type { TimedOutcome } from './alone-messages.ts';
import type { ChosenHandler } from './chosen-handler.ts';
import type { ProfiledStatements } from './profiled-statements.ts';
import { recordWorkload } from './record-workload.ts';
import type { Budget } from './recording-budget.ts';
import type { RunContext } from './run-context.ts';

export interface Timing {
  readonly chosen: ChosenHandler;
  readonly statements: ProfiledStatements;
  /** At most so many. */
  readonly operations: number;
  /** For at most so long. */
  readonly millis: number;
}

/**
 * Executes the first operations of a request as they are executed when a tool records them, and gives their wall times.
 * A command is left alone: it changes something for good, and nobody asked for more of that.
 */
export async function timedOperations(
  { chosen, statements, operations, millis }: Timing,
  request: ProfileRequest,
  context: RunContext,
): Promise<TimedOutcome> {
  if (chosen.handler.kind === 'command') return { durations: [] };
  const { records } = await recordWorkload(
    {
      chosen,
      collector: nothing,
      statements,
      tune: async () => ({ options: {}, budget: new FirstOperations(operations, millis) }),
    },
    request,
    // What the recording says of itself, it says.
    { ...context, log: () => undefined },
  );
  await statements.end(records);
  return { durations: records.map(({ durationMicros }) => durationMicros) };
}

const nothing = {
  async start(): Promise<Capture<undefined>> {
    return { stop: async () => undefined, [Symbol.asyncDispose]: async () => undefined };
  },
};

/** Is used up by a number of operations, or by their time. */
class FirstOperations implements Budget {
  readonly #operations: number;
  readonly #millis: number;
  #done = 0;
  #micros = 0;

  constructor(operations: number, millis: number) {
    this.#operations = operations;
    this.#millis = millis;
  }

  add({ durationMicros }: OperationRecord): void {
    this.#done += 1;
    this.#micros += durationMicros;
  }

  get used(): number {
    return Math.max(this.#done / this.#operations, this.#micros / 1000 / this.#millis);
  }
}
