import { type Sleep, systemSleep } from '../../lib/sleep.ts';
import { matcherOf } from '../folding/matching-events.ts';
import type { Handled, Handler } from '../handler.ts';
import type { AppendListeners } from '../tell-appends.ts';

export interface WarmingOptions<Input> {
  /** Those that are kept warm. Their filters are made once. */
  readonly inputs: readonly Input[];
  /** Of the store that this process appends through. */
  readonly appends: AppendListeners;
  /** After the first of several appends, in milliseconds; 50 when left out. */
  readonly delayMs?: number;
  /** Told of a fault; left out, the process is warned. The next append tries again. */
  readonly onFault?: (fault: unknown) => void;
  readonly sleep?: Sleep;
}

/** Ends the warming. What is under way is cancelled and waited for. */
export interface Warming extends AsyncDisposable {
  /** Resolves when nothing is left to be folded of what was appended so far. */
  settled(): Promise<void>;
}

/**
 * Folds what this process appends into the kept states before somebody asks: a moment after an append that a filter
 * means, the handler is executed for its input. Begins with executing it for each, so that the first who asks finds a
 * state. Only for queries: executing a command would append.
 */
export function warming<Input, Answer extends Handled, State>(
  handler: Handler<Input, Answer, State> & { readonly kind: 'query' | 'command' },
  { inputs, appends, delayMs = 50, onFault = warn, sleep = systemSleep }: WarmingOptions<Input>,
): Warming {
  if (handler.kind !== 'query') throw new TypeError('Only queries are kept warm: a command would append.');
  const over = new AbortController();
  const { signal } = over;
  const warmed = inputs.map((input) => ({ input, filter: handler.filter(input), isOutdated: true }));
  const underWay = new Map<object, Promise<void>>();

  function start(each: (typeof warmed)[number], waitMs: number): void {
    if (underWay.has(each) || signal.aborted) return;
    underWay.set(
      each,
      refresh(each, waitMs).finally(() => {
        underWay.delete(each);
        // Since the last look of the refresh there may have been an append, which took it for under way.
        if (each.isOutdated) start(each, delayMs);
      }),
    );
  }

  async function refresh(each: (typeof warmed)[number], waitMs: number): Promise<void> {
    try {
      for (let wait = waitMs; each.isOutdated && !signal.aborted; wait = delayMs) {
        await sleep(wait, signal);
        each.isOutdated = false;
        await handler.handle(each.input, { signal });
      }
    } catch (fault) {
      if (!signal.aborted) onFault(fault);
    }
  }

  for (const each of warmed) start(each, 0);
  const leave = appends.subscribe(({ events }) => {
    const isMeant = matcherOf(events);
    for (const each of warmed) {
      if (!isMeant(each.filter)) continue;
      each.isOutdated = true;
      start(each, delayMs);
    }
  });
  const settled = async () => {
    while (underWay.size > 0) await Promise.all(underWay.values());
  };
  return {
    settled,
    async [Symbol.asyncDispose]() {
      leave();
      over.abort();
      await settled();
    },
  };
}

function warn(fault: unknown): void {
  const what = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
  process.emitWarning(`Warming failed: ${what}`, { code: 'SNAPSHOT' });
}
