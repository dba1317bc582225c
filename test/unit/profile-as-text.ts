import { NO_PHASE, PHASES, type Phase } from '../../server/protocol/phase.ts';
import { BOX_KINDS, type CallTree, type TreeShape } from '../../server/protocol/profile/call-tree.ts';
import { CATEGORIES, type Category, type Profile } from '../../server/protocol/profile/profile.ts';

export interface Row {
  /** Frames from the outermost to the innermost, parted by blanks; empty for a row on the root. */
  readonly stack: string;
  readonly micros: number;
  /** Index into the operations; absent for outside. */
  readonly operation?: number;
  readonly phase?: Phase;
  /** No sample fell into the row. */
  readonly unsampled?: boolean;
}

/** A profile from rows that follow each other; every row gets nodes of its own where `fresh` says so. */
export function profileOf(rows: readonly Row[], handlers: readonly string[] = [], fresh = false): Profile {
  const strings = [''];
  const intern = (text: string) => {
    if (!strings.includes(text)) strings.push(text);
    return strings.indexOf(text);
  };
  const frames = [intern('(root)')];
  const nodes: { parent: number; frame: number }[] = [{ parent: -1, frame: 0 }];
  const frameOf = (name: string) => {
    const text = intern(name);
    if (!frames.includes(text)) frames.push(text);
    return frames.indexOf(text);
  };
  const nodeOf = (stack: string) =>
    stack.split(' ').reduce((parent, name) => {
      if (name === '') return parent;
      const frame = frameOf(name);
      const known = fresh ? -1 : nodes.findIndex((node) => node.parent === parent && node.frame === frame);
      return known !== -1 ? known : nodes.push({ parent, frame }) - 1;
    }, 0);
  const ends: number[] = [];
  for (const { micros } of rows) ends.push((ends.at(-1) ?? 0) + micros);
  const end = ends.at(-1) ?? 0;
  const samples = {
    length: rows.length,
    time: Float64Array.from([0, ...ends].slice(0, rows.length)),
    duration: Float64Array.from(rows, (row) => row.micros),
    node: Uint32Array.from(rows, (row) => nodeOf(row.stack)),
    operation: Int32Array.from(rows, (row) => row.operation ?? -1),
    phase: Uint8Array.from(rows, (row) => (row.phase === undefined ? NO_PHASE : PHASES.indexOf(row.phase))),
    captured: Uint8Array.from(rows, (row) => (row.unsampled === true ? 0 : 1)),
  };
  return {
    title: 'test',
    source: 'v8-cpu',
    unit: 'microseconds',
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMicros: end,
    samplingIntervalMicros: 1,
    sampleDistanceMicros: rows.length > 1 ? end / rows.length : 0,
    samples,
    frames: {
      length: frames.length,
      name: Uint32Array.from(frames),
      file: new Uint32Array(frames.length),
      line: new Uint32Array(frames.length),
      column: new Uint32Array(frames.length),
      category: new Uint8Array(frames.length),
    },
    nodes: {
      length: nodes.length,
      parent: Int32Array.from(nodes, (node) => node.parent),
      frame: Uint32Array.from(nodes, (node) => node.frame),
    },
    operations: {
      length: handlers.length,
      handler: Uint32Array.from(handlers, intern),
      start: new Float64Array(handlers.length),
      duration: new Float64Array(handlers.length).fill(end),
    },
    strings,
  };
}

/** One sample at the end of a stack of so many calls of one function: nothing may recurse over it. */
export function deepProfile(depth: number): Profile {
  const shallow = profileOf([{ stack: 'a', micros: 1 }]);
  return {
    ...shallow,
    nodes: {
      length: depth + 1,
      parent: Int32Array.from({ length: depth + 1 }, (_, node) => node - 1),
      frame: new Uint32Array(depth + 1).fill(1, 1),
    },
    samples: { ...shallow.samples, node: Uint32Array.of(depth) },
  };
}

/** One line for each box, indented by depth: name, total, self, samples, and in the time order where it begins. */
export function treeAsText(profile: Profile, tree: CallTree<TreeShape>): string {
  return Array.from({ length: tree.length }, (_, box) => {
    const place = tree.view === 'time-order' ? `@${tree.start[box]} ` : '';
    const numbers = `${tree.total[box]} self ${tree.self[box]} ×${tree.count[box]}`;
    return `${'  '.repeat(tree.depth[box] ?? 0)}${boxName(profile, tree, box)} ${place}${numbers}`;
  }).join('\n');
}

/** One line for each row: time, duration, phase, operation and the stack with the category of its last frame. */
export function rowsAsText({ samples, nodes, frames, strings }: Profile): string {
  return Array.from({ length: samples.length }, (_, row) => {
    const stack: string[] = [];
    for (let node = samples.node[row] ?? 0; node > 0; node = nodes.parent[node] ?? 0) {
      stack.unshift(strings[frames.name[nodes.frame[node] ?? 0] ?? 0] ?? '');
    }
    const leaf = frames.category[nodes.frame[samples.node[row] ?? 0] ?? 0] ?? 0;
    const category: Category = CATEGORIES[leaf] ?? 'program';
    const phase = PHASES[samples.phase[row] ?? NO_PHASE] ?? '-';
    const where = samples.operation[row] === -1 ? 'outside' : `#${samples.operation[row]} ${phase}`;
    return `${samples.time[row]} +${samples.duration[row]} ${where}: ${stack.join(' > ') || '·'}${stack.length > 0 ? ` (${category})` : ''}`;
  }).join('\n');
}

function boxName({ strings, frames }: Profile, tree: CallTree<TreeShape>, box: number): string {
  const subject = tree.subject[box] ?? 0;
  const kind = BOX_KINDS[tree.kind[box] ?? 0] ?? 'root';
  if (kind === 'frame') return strings[frames.name[subject] ?? 0] ?? '?';
  if (kind === 'handler') return `handler ${strings[subject]}`;
  return kind === 'phase' ? `phase ${PHASES[subject]}` : kind;
}
