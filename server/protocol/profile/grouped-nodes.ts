import { grown } from './grown.ts';
import { PairTable } from './pair-table.ts';
import type { Profile } from './profile.ts';
import type { RowGroups } from './row-groups.ts';
import type { StackForest } from './stack-forest.ts';

/**
 * The call tree cut by groups of rows: an entry for each group and node that has rows of it, on itself or below. The
 * first entry of a node has the node's number, so that most of the tree needs no looking up; further ones follow behind
 * the last node. Entry 0 is none.
 */
export interface GroupedNodes extends Omit<StackForest, 'phase'> {
  /** By entry; -1 for nodes without any. */
  readonly group: Int32Array;
  /** By group: the first of its entries right below the root; 0 where there are none. */
  readonly firstTop: Int32Array;
  /** By group: amount and count of samples that were captured on the root. */
  readonly onRoot: Float64Array;
  readonly countOnRoot: Float64Array;
  /** By group: of rows in which no sample was captured; not a number where there are none. */
  readonly unsampled: Float64Array;
}

/**
 * Rows are taken in the order of time, where those that follow each other are of few nodes. In the order of groups
 * adding them up takes several times as long.
 */
export function groupNodes(profile: Profile, groups: RowGroups): GroupedNodes {
  const entries = new Entries(profile, groups.length);
  for (let run = 0; run < groups.groupOfRun.length; run++) {
    const group = groups.groupOfRun[run] ?? NONE;
    if (group >= 0) entries.book(group, groups.startOfRun[run] ?? 0, groups.startOfRun[run + 1] ?? 0);
  }
  entries.carryUp();
  return entries.build();
}

const NONE = -1;

class Entries {
  readonly #samples: Profile['samples'];
  readonly #parentOf: Int32Array;
  /** Of nodes that have several entries, the further ones. */
  readonly #further = new PairTable();
  readonly #firstTop: Int32Array;
  readonly #onRoot: Float64Array;
  readonly #countOnRoot: Float64Array;
  readonly #unsampled: Float64Array;
  #length: number;
  #columns: EntryColumns;

  constructor({ samples, nodes }: Profile, groups: number) {
    this.#samples = samples;
    this.#parentOf = nodes.parent;
    this.#firstTop = new Int32Array(groups);
    this.#onRoot = new Float64Array(groups);
    this.#countOnRoot = new Float64Array(groups);
    this.#unsampled = new Float64Array(groups).fill(Number.NaN);
    this.#length = nodes.length;
    this.#columns = entryColumns(Math.ceil(nodes.length * 1.25) + groups);
    this.#columns.frame.set(nodes.frame);
  }

  book(group: number, from: number, to: number): void {
    const { node: nodeOf, duration, captured } = this.#samples;
    for (let row = from; row < to; row++) {
      const amount = duration[row] ?? 0;
      const node = nodeOf[row] ?? 0;
      if (captured[row] !== 1) this.#bookUnsampled(group, amount);
      else if (node === 0) this.#bookOnRoot(group, amount);
      else {
        const entry = this.#entryOf(node, group);
        const { self, count } = this.#columns;
        self[entry] = (self[entry] ?? 0) + amount;
        count[entry] = (count[entry] ?? 0) + 1;
      }
    }
  }

  /** Carries what entries have to those of the nodes above, children before their parents. */
  carryUp(): void {
    for (let node = this.#parentOf.length - 1; node > 0; node--) {
      if ((this.#columns.group[node] ?? NONE) < 0) continue;
      const above = this.#parentOf[node] ?? 0;
      for (let entry = node; entry > 0; entry = this.#columns.next[entry] ?? 0) this.#carryTo(above, entry);
    }
  }

  build(): GroupedNodes {
    return {
      ...this.#columns,
      length: this.#length,
      firstTop: this.#firstTop,
      onRoot: this.#onRoot,
      countOnRoot: this.#countOnRoot,
      unsampled: this.#unsampled,
    };
  }

  #carryTo(above: number, entry: number): void {
    const group = this.#columns.group[entry] ?? 0;
    const parent = above === 0 ? 0 : this.#entryOf(above, group);
    const { self, count, total, countTotal, firstChild, nextSibling } = this.#columns;
    const [amount, samples] = [
      (total[entry] ?? 0) + (self[entry] ?? 0),
      (countTotal[entry] ?? 0) + (count[entry] ?? 0),
    ];
    total[entry] = amount;
    countTotal[entry] = samples;
    const siblings = parent === 0 ? this.#firstTop : firstChild;
    const place = parent === 0 ? group : parent;
    nextSibling[entry] = siblings[place] ?? 0;
    siblings[place] = entry;
    if (parent === 0) return;
    total[parent] = (total[parent] ?? 0) + amount;
    countTotal[parent] = (countTotal[parent] ?? 0) + samples;
  }

  #entryOf(node: number, group: number): number {
    const { group: groups } = this.#columns;
    const own = groups[node] ?? NONE;
    if (own === group) return node;
    if (own === NONE) {
      groups[node] = group;
      return node;
    }
    const entry = this.#further.getOrSet(node, group, this.#length);
    if (entry === this.#length) this.#add(node, group);
    return entry;
  }

  #add(node: number, group: number): void {
    const entry = this.#length++;
    if (entry === this.#columns.group.length) this.#columns = largerColumns(this.#columns);
    const { group: groups, frame, next } = this.#columns;
    groups[entry] = group;
    frame[entry] = frame[node] ?? 0;
    next[entry] = next[node] ?? 0;
    next[node] = entry;
  }

  #bookUnsampled(group: number, amount: number): void {
    const before = this.#unsampled[group] ?? 0;
    this.#unsampled[group] = (Number.isNaN(before) ? 0 : before) + amount;
  }

  #bookOnRoot(group: number, amount: number): void {
    this.#onRoot[group] = (this.#onRoot[group] ?? 0) + amount;
    this.#countOnRoot[group] = (this.#countOnRoot[group] ?? 0) + 1;
  }
}

type EntryColumns = ReturnType<typeof entryColumns>;

function entryColumns(capacity: number) {
  return {
    group: new Int32Array(capacity).fill(NONE),
    frame: new Uint32Array(capacity),
    /** The next entry of the same node; 0 behind the last. */
    next: new Int32Array(capacity),
    firstChild: new Int32Array(capacity),
    nextSibling: new Int32Array(capacity),
    self: new Float64Array(capacity),
    count: new Uint32Array(capacity),
    total: new Float64Array(capacity),
    countTotal: new Uint32Array(capacity),
  };
}

function largerColumns(old: EntryColumns): EntryColumns {
  const larger = entryColumns(old.group.length * 2);
  return {
    group: grown(old.group, larger.group),
    frame: grown(old.frame, larger.frame),
    next: grown(old.next, larger.next),
    firstChild: grown(old.firstChild, larger.firstChild),
    nextSibling: grown(old.nextSibling, larger.nextSibling),
    self: grown(old.self, larger.self),
    count: grown(old.count, larger.count),
    total: grown(old.total, larger.total),
    countTotal: grown(old.countTotal, larger.countTotal),
  };
}
