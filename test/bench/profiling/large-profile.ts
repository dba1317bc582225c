import { createRandom } from '../../../server/lib/random.ts';
import { PHASES } from '../../../server/protocol/phase.ts';
import { CATEGORIES, type Profile } from '../../../server/protocol/profile/profile.ts';

export interface LargeProfileSize {
  readonly nodes: number;
  readonly samples: number;
}

const FRAMES = 5000;
const FILES = 400;
const HANDLERS = 13;
const DEEPEST = 48;
/** Rows of one operation. */
const OPERATION_ROWS = 500;
/** The call at this depth decides in which phase everything below it runs. */
const PHASE_DEPTH = 3;
const MICROS = 200;

/**
 * A profile of any size from a walk over a growing tree: each sample leaves a few calls of the one before and enters
 * others, a function calls few others often and many seldom, and some call themselves. Stacks belong to their handler
 * and to a phase, as those of a program do. The same size gives the same profile.
 */
export function largeProfile(size: LargeProfileSize): Profile {
  const strings = ['', '(root)'];
  const frames = frameTable(strings);
  const handlers = Uint32Array.from(
    { length: HANDLERS },
    (_, handler) => strings.push(`Handler${handler}`) - 1,
  );
  const { parent, frame, node, phase } = walk(size);
  const rows = size.samples;
  const operations = Math.ceil(rows / OPERATION_ROWS);
  return {
    title: 'large',
    source: 'v8-cpu',
    unit: 'microseconds',
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMicros: rows * MICROS,
    samplingIntervalMicros: MICROS,
    sampleDistanceMicros: MICROS,
    strings,
    frames,
    nodes: { length: parent.length, parent, frame },
    samples: {
      length: rows,
      time: Float64Array.from({ length: rows }, (_, row) => row * MICROS),
      duration: new Float64Array(rows).fill(MICROS),
      node,
      operation: new Int32Array(rows).map((_, row) => Math.floor(row / OPERATION_ROWS)),
      phase: Uint8Array.from(node, (at) => phase[at] ?? 0),
      captured: new Uint8Array(rows).map((_, row) => (row % 50 === 49 ? 0 : 1)),
    },
    operations: {
      length: operations,
      handler: new Uint32Array(operations).map((_, at) => handlers[at % HANDLERS] ?? 0),
      start: Float64Array.from({ length: operations }, (_, at) => at * OPERATION_ROWS * MICROS),
      duration: new Float64Array(operations).fill(OPERATION_ROWS * MICROS),
    },
  };
}

function frameTable(strings: string[]): Profile['frames'] {
  const files = Array.from({ length: FILES }, (_, file) =>
    strings.push(
      file % 2 === 0 ? `file:///app/src/file${file}.ts` : `file:///app/node_modules/p${file}/index.js`,
    ),
  );
  const indices = new Uint32Array(FRAMES);
  return {
    length: FRAMES,
    name: indices.map((_, at) => (at === 0 ? 1 : strings.push(`function${at}`) - 1)),
    file: indices.map((_, at) => (at === 0 ? 0 : (files[at % FILES] ?? 1) - 1)),
    line: indices.map((_, at) => at),
    column: new Uint32Array(FRAMES).fill(1),
    category: new Uint8Array(FRAMES).map((_, at) => at % CATEGORIES.length),
  };
}

function walk({ nodes, samples }: LargeProfileSize) {
  const random = createRandom(1);
  const parent = new Int32Array(nodes).fill(-1);
  const frame = new Uint32Array(nodes);
  const depth = new Uint8Array(nodes);
  const phase = new Uint8Array(nodes);
  const firstChild = new Int32Array(nodes);
  const nextSibling = new Int32Array(nodes);
  const node = new Uint32Array(samples);
  let made = 1;
  let at = 0;
  const mayGrow = (above: number): boolean => {
    if (made === nodes) return false;
    const isDue = (samples - at) * 0.5 < nodes - made;
    return above === 0 || firstChild[above] === 0 || isDue || random.chance((0.9 * nodes) / samples);
  };
  const known = (above: number): number => {
    let found = firstChild[above] ?? 0;
    while (nextSibling[found] !== 0 && random.chance(0.5)) found = nextSibling[found] ?? 0;
    return found === 0 ? above : found;
  };
  const child = (above: number): number => {
    if (!mayGrow(above)) return known(above);
    // The square makes some functions frequent and most of them rare.
    frame[made] = random.chance(0.05)
      ? (frame[above] ?? 0)
      : 1 + Math.floor(random.fraction() ** 2 * (FRAMES - 1));
    parent[made] = above;
    depth[made] = (depth[above] ?? 0) + 1;
    phase[made] = (depth[made] ?? 0) > PHASE_DEPTH ? (phase[above] ?? 0) : made % PHASES.length;
    nextSibling[made] = firstChild[above] ?? 0;
    firstChild[above] = made;
    return made++;
  };
  for (let handler = 1; handler <= HANDLERS; handler++) child(0);
  let current = 0;
  for (; at < samples; at++) {
    const bottom = 1 + (Math.floor(at / OPERATION_ROWS) % HANDLERS);
    if (at % OPERATION_ROWS === 0) current = bottom;
    while (current !== bottom && random.chance(0.49)) current = parent[current] ?? 0;
    if ((depth[current] ?? 0) >= DEEPEST) current = parent[current] ?? 0;
    current = child(current);
    node[at] = current;
  }
  return { parent, frame, node, phase };
}
