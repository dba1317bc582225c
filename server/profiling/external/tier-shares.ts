import * as z from 'zod';
import { counted, percent } from '../../protocol/figures.ts';

/** What is looked at of Node's reading of a tick log; see `readPreprocessedLog` for all of it. */
const logSchema = z.object({
  code: z.array(z.object({ type: z.string().optional(), kind: z.string().optional() })),
  ticks: z.array(z.object({ tm: z.number(), vm: z.number(), s: z.array(z.number()) })),
});

type Code = z.infer<typeof logSchema>['code'][number];

/** Microseconds on the log's clock. */
export interface LogStretch {
  readonly from: number;
  readonly to: number;
}

// Larger texts cost more memory than the figures are worth.
const MOST_BYTES = 256 * 1024 * 1024;

// V8's StateTag.
const GC = 1;
const COMPILING = new Set([2, 3, 4]);
const WAITING = new Set([7, 8]);
const LOGGING = 9;

const TIERS: Readonly<Record<string, string>> = {
  Unopt: 'interpreted',
  Sparkplug: 'baseline code (Sparkplug)',
  Maglev: 'Maglev code',
  Opt: 'optimised code (TurboFan)',
};

/**
 * By which of V8's tiers the code ran that was on the CPU, as one sentence; nothing where no tick was busy.
 * @param json what `node --prof-process --preprocess` printed
 */
export function tierShares(json: Buffer, { from, to }: LogStretch): string[] {
  if (json.byteLength > MOST_BYTES) return [];
  const parsed = logSchema.safeParse(JSON.parse(json.toString('utf8')));
  if (!parsed.success) return [];
  const { code, ticks } = parsed.data;
  const counts = new Map<string, number>();
  let busy = 0;
  for (const { tm, vm, s } of ticks) {
    if (tm < from || tm > to || WAITING.has(vm)) continue;
    const place = placeOf(vm, s, code);
    counts.set(place, (counts.get(place) ?? 0) + 1);
    busy += 1;
  }
  if (busy === 0) return [];
  const shares = [...counts].toSorted(([, a], [, b]) => b - a);
  const told = shares.map(([place, count]) => `${percent(count / busy)} ${place}`).join(', ');
  return [`On the CPU at ${counted(busy, 'tick')}: ${told}.`];
}

function placeOf(state: number, stack: readonly number[], code: readonly Code[]): string {
  if (state === GC) return 'garbage collection';
  if (COMPILING.has(state)) return 'compiling';
  if (state === LOGGING) return 'writing this log';
  // Handlers of bytecodes and V8's builtins do the work of the function that is above them.
  for (let at = 0; at < stack.length; at += 2) {
    const { type, kind = '' } = code[stack[at] ?? -1] ?? {};
    if (type === 'CODE') continue;
    if (type === 'JS') return TIERS[kind] ?? 'builtins';
    return 'native code';
  }
  return 'native code';
}
