import { NO_PHASE } from '../phase.ts';
import type { BoxKind, CallTree } from './call-tree.ts';
import { type GroupedNodes, groupNodes } from './grouped-nodes.ts';
import type { Profile } from './profile.ts';
import { groupByHandlerAndPhase, type PhaseGroups } from './row-groups.ts';
import { StackBoxes } from './stack-boxes.ts';
import { TreeWriter } from './tree-writer.ts';

/** Equal stacks merged under root → handler → phase. */
export function treeByPhase(profile: Profile): CallTree {
  const groups = groupByHandlerAndPhase(profile);
  const entries = groupNodes(profile, groups);
  const handlers = handlersOf(groups, entries);
  const tree = new TreeWriter(entries.length + 3 * groups.length + 1);
  const stacks = new StackBoxes({ ...entries, phase: phasesOf(entries, groups) }, profile.frames, tree);
  tree.write(-1, { kind: 'root', subject: 0, phase: NO_PHASE, start: 0, self: 0, ...sumOf(handlers) });
  let start = 0;
  for (const handler of handlers) {
    if (handler.name < 0) for (const phase of handler.phases) drawPhase(phase, 0, start);
    else drawHandler(handler, start);
    start += handler.total;
  }
  return tree.build('phases');

  function drawHandler({ name, phases, total, count }: HandlerSums, left: number): void {
    const box = tree.write(0, {
      kind: 'handler',
      subject: name,
      phase: NO_PHASE,
      start: left,
      total,
      self: 0,
      count,
    });
    let at = left;
    for (const phase of phases) {
      drawPhase(phase, box, at);
      at += phase.total;
    }
  }

  function drawPhase({ group, kind, phase, total, count }: PhaseSums, above: number, left: number): void {
    const subject = kind === 'phase' ? phase : 0;
    const own = { kind, subject, phase, start: left, total, self: entries.onRoot[group] ?? 0, count };
    const box = tree.write(above, own);
    const end = stacks.draw(entries.firstTop[group] ?? 0, box);
    const unsampled = entries.unsampled[group] ?? Number.NaN;
    if (Number.isNaN(unsampled)) return;
    tree.write(box, {
      kind: 'unsampled',
      subject: 0,
      phase,
      start: end,
      total: unsampled,
      self: unsampled,
      count: 0,
    });
  }
}

interface Sums {
  readonly total: number;
  readonly count: number;
}

interface PhaseSums extends Sums {
  readonly group: number;
  readonly kind: BoxKind;
  /** Index into `PHASES`, or `NO_PHASE`. */
  readonly phase: number;
}

interface HandlerSums extends Sums {
  /** Index into `strings`; -1 outside of operations. */
  readonly name: number;
  readonly phases: readonly PhaseSums[];
}

/** Handlers widest first, their phases in the order of `PHASES`; time in no phase and outside of operations comes last. */
function handlersOf(groups: PhaseGroups, entries: GroupedNodes): HandlerSums[] {
  const phases = groups.phase.map((phase, group) => {
    const kind =
      (groups.handler[group] ?? -1) < 0 ? 'outside' : phase === NO_PHASE ? 'unattributed' : 'phase';
    return { group, kind, phase, ...sumsOfGroup(entries, group) } as const;
  });
  const byHandler = Map.groupBy(phases, ({ group }) => groups.handler[group] ?? -1);
  const handlers = [...byHandler].map(([name, own]) => {
    const ordered = own.toSorted((one, other) => one.phase - other.phase);
    return { name, phases: ordered, ...sumOf(ordered) };
  });
  const rank = ({ name }: HandlerSums): number => (name < 0 ? 1 : 0);
  return handlers.toSorted((one, other) => rank(one) - rank(other) || other.total - one.total);
}

function sumsOfGroup(entries: GroupedNodes, group: number): Sums {
  const unsampled = entries.unsampled[group] ?? Number.NaN;
  let total = (entries.onRoot[group] ?? 0) + (Number.isNaN(unsampled) ? 0 : unsampled);
  let count = entries.countOnRoot[group] ?? 0;
  for (let top = entries.firstTop[group] ?? 0; top > 0; top = entries.nextSibling[top] ?? 0) {
    total += entries.total[top] ?? 0;
    count += entries.countTotal[top] ?? 0;
  }
  return { total, count };
}

function sumOf(parts: readonly Sums[]): Sums {
  return parts.reduce((sum, { total, count }) => ({ total: sum.total + total, count: sum.count + count }), {
    total: 0,
    count: 0,
  });
}

/** By entry. */
function phasesOf({ length, group }: GroupedNodes, { phase }: PhaseGroups): Uint8Array {
  const phases = new Uint8Array(length);
  for (let entry = 0; entry < length; entry++) phases[entry] = phase[group[entry] ?? 0] ?? NO_PHASE;
  return phases;
}
