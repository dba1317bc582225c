import type { InjectedFaults } from '../dirty-world/dirty-world.ts';
import type { Outage } from './outage-watch.ts';
import type { RateSearch } from './rate-search.ts';
import { undoneOf } from './second-series.ts';
import type { SimulationOptions } from './simulation-options.ts';
import type { StretchFigures } from './stretch.ts';
import type { CommandFigures, SimulationEnd, SimulationSummary, SnapshotFigures, WarmUp } from './summary.ts';
import type { HandlerFigures, HandlerName, Tally } from './tally.ts';

/** What a summary is made of. */
interface SummaryParts {
  readonly end: SimulationEnd;
  readonly options: SimulationOptions;
  readonly warmUp: WarmUp;
  readonly tally: Tally;
  readonly last: StretchFigures;
  readonly conflicts: number;
  readonly outages: readonly Outage[];
  readonly population: SimulationSummary['population'];
  readonly search: RateSearch | undefined;
  readonly stored: number | undefined;
  readonly injected: InjectedFaults | undefined;
}

export function summarise(parts: SummaryParts): SimulationSummary {
  const { options, warmUp, tally, last, search, stored, injected } = parts;
  const handlers = tally.handlers();
  const commands = commandFigures(handlers);
  const snapshots = snapshotFigures(tally.snapshots);
  const { figures: service } = tally.service;
  const { figures: response } = tally.response;
  const { figures: lag } = tally.lag;
  const { arrived, served, unserved, longestWaitMicros } = last;
  return {
    end: parts.end,
    seed: options.seed,
    warmUp,
    seconds: last.seconds,
    rate: { asked: search?.rate ?? options.rate, arrived, served, unserved, longestWaitMicros },
    operations: tally.begun,
    outcomes: tally.outcomes,
    commands,
    queries: tally.begun - commands.count,
    handlers,
    ...(service && { service }),
    ...(response && { response }),
    ...(tally.brokenOff > 0 && { brokenOff: tally.brokenOff }),
    generator: { busy: last.busy, ...(lag && { lag }) },
    conflicts: parts.conflicts,
    retries: tally.retries,
    errors: tally.errors,
    ...(injected && { injected }),
    ...(snapshots && { snapshots }),
    outages: parts.outages,
    events: {
      appended: warmUp.eventsAppended + tally.eventsAppended,
      ...(stored !== undefined && { stored }),
    },
    population: parts.population,
    ...(search && { search }),
  };
}

const COMMANDS: ReadonlySet<HandlerName> = new Set<HandlerName>([
  'LendBookCopyToReader',
  'ReturnBookCopyFromReader',
  'AddBookCopyToCirculation',
  'RemoveBookCopyFromCirculation',
  'RegisterReader',
  'CancelReaderContract',
]);

/** How many commands there were and how they ended. */
function commandFigures(handlers: readonly HandlerFigures[]): CommandFigures {
  const sums = { count: 0, accepted: 0, idempotent: 0, rejected: 0, undone: 0 };
  for (const { handler, count, outcomes } of handlers) {
    if (!COMMANDS.has(handler)) continue;
    sums.count += count;
    sums.accepted += outcomes.accepted;
    sums.idempotent += outcomes.idempotent;
    sums.rejected += outcomes.rejected;
    sums.undone += undoneOf(outcomes);
  }
  const share = (part: number) => (sums.count === 0 ? 0 : part / sums.count);
  return {
    count: sums.count,
    accepted: share(sums.accepted),
    idempotent: share(sums.idempotent),
    rejected: share(sums.rejected),
    undone: share(sums.undone),
  };
}

/** Undefined where no state was kept. */
function snapshotFigures(uses: Readonly<Record<string, number>>): SnapshotFigures | undefined {
  const { warm = 0, stored = 0, ...misses } = uses;
  const missed = Object.values(misses).reduce((sum, count) => sum + count, 0);
  const all = warm + stored + missed;
  return all === 0 ? undefined : { uses: all, warm, stored, hitRate: (warm + stored) / all, misses };
}
