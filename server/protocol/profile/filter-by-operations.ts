import { PHASES, type Phase, UNATTRIBUTED } from '../phase.ts';
import type { OperationTable, Profile, SampleTable } from './profile.ts';
import { selectRows } from './select-rows.ts';

/** Which rows are meant. */
export type OperationCondition =
  | { readonly by: 'operation'; readonly operations: readonly number[] }
  | { readonly by: 'handler'; readonly handlers: readonly string[] }
  | { readonly by: 'phase'; readonly phases: readonly (Phase | typeof UNATTRIBUTED)[] };

export type OperationFilter = OperationCondition & { readonly mode: 'keep' | 'hide' };

/**
 * The profile with the rows that are meant (`keep`) or without them (`hide`). By operation and by handler the operations
 * go with their rows, so that what is left is a profile of fewer operations; by phase the operations stay. Rows
 * outside of operations are meant by none of these: `keep` leaves them out, `hide` keeps them.
 */
export function filterByOperations(profile: Profile, filter: OperationFilter): Profile {
  const wanted = filter.mode === 'keep' ? 1 : 0;
  if (filter.by === 'phase') {
    const isMeant = Uint8Array.from({ length: 256 }, (_, phase) =>
      filter.phases.includes(PHASES[phase] ?? UNATTRIBUTED) ? 1 : 0,
    );
    const { phase, operation } = profile.samples;
    const isKept = phase.map((rowPhase, row) =>
      ((operation[row] ?? -1) >= 0 ? (isMeant[rowPhase] ?? 0) : 0) === wanted ? 1 : 0,
    );
    return { ...profile, samples: selectRows(profile.samples, isKept) };
  }
  const isMeant = meantOperations(profile, filter);
  return keepOperations(
    profile,
    isMeant.map((meant) => (meant === wanted ? 1 : 0)),
    1 - wanted,
  );
}

function meantOperations(
  { operations, strings }: Profile,
  condition: Exclude<OperationCondition, { by: 'phase' }>,
): Uint8Array {
  const isMeant = new Uint8Array(operations.length);
  if (condition.by === 'operation') {
    for (const operation of condition.operations) isMeant[operation] = 1;
    return isMeant;
  }
  const isHandler = new Set<number>();
  for (const handler of condition.handlers) isHandler.add(strings.indexOf(handler));
  return isMeant.map((_, operation) => (isHandler.has(operations.handler[operation] ?? 0) ? 1 : 0));
}

/** The profile of the operations that are marked with 1; with the time outside of operations where `outside` is 1. */
function keepOperations(profile: Profile, isKept: Uint8Array, outside: number): Profile {
  const rows = profile.samples.operation.map((operation) =>
    operation < 0 ? outside : (isKept[operation] ?? 0),
  );
  const samples = selectRows(profile.samples, Uint8Array.from(rows));
  const numbers = new Int32Array(isKept.length);
  let length = 0;
  for (let operation = 0; operation < isKept.length; operation++) {
    numbers[operation] = length;
    length += isKept[operation] ?? 0;
  }
  return {
    ...profile,
    operations: selectOperations(profile.operations, isKept),
    samples: renumbered(samples, numbers),
  };
}

function renumbered(samples: SampleTable, numbers: Int32Array): SampleTable {
  return {
    ...samples,
    operation: samples.operation.map((operation) => (operation < 0 ? -1 : (numbers[operation] ?? -1))),
  };
}

function selectOperations({ handler, start, duration }: OperationTable, isKept: Uint8Array): OperationTable {
  const kept = (_: number, operation: number) => isKept[operation] === 1;
  const handlers = handler.filter(kept);
  return {
    length: handlers.length,
    handler: handlers,
    start: start.filter(kept),
    duration: duration.filter(kept),
  };
}
