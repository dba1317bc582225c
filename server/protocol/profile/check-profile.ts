import { NO_PHASE, PHASES } from '../phase.ts';
import { CATEGORIES, type Profile } from './profile.ts';
import { ProfileFormatError } from './profile-format-error.ts';

/** A picture stores depth in 16 bits and puts at most three boxes above a stack. */
const MAX_STACK_DEPTH = 65_000;

/**
 * Refuses a profile in which an index points out of its table, a parent does not stand before its child, or time
 * runs backwards, with a `ProfileFormatError` that names table and row. What passes can be drawn without a check.
 */
export function checkProfile(profile: Profile): void {
  checkFrames(profile);
  checkNodes(profile);
  checkSamples(profile);
  checkOperations(profile);
}

function checkFrames({ frames, strings }: Profile): void {
  expectIndices('frames.name', frames.name, strings.length);
  expectIndices('frames.file', frames.file, strings.length);
  expectIndices('frames.category', frames.category, CATEGORIES.length);
}

function checkNodes({ nodes, frames }: Profile): void {
  if (nodes.length === 0) throw new ProfileFormatError('nodes', 'there is no root');
  expectIndices('nodes.frame', nodes.frame, frames.length);
  if (nodes.parent[0] !== -1) throw new ProfileFormatError('nodes.parent[0]', 'the root has a parent');
  const depths = new Uint16Array(nodes.length);
  for (let node = 1; node < nodes.length; node++) {
    const parent = nodes.parent[node] ?? -1;
    if (parent < 0 || parent >= node) {
      throw new ProfileFormatError(
        `nodes.parent[${node}]`,
        `parent ${parent} does not stand before its child`,
      );
    }
    const depth = (depths[parent] ?? 0) + 1;
    if (depth > MAX_STACK_DEPTH) {
      throw new ProfileFormatError(
        `nodes.parent[${node}]`,
        `the stack is deeper than ${MAX_STACK_DEPTH} calls`,
      );
    }
    depths[node] = depth;
  }
}

function checkSamples({ samples, nodes, operations }: Profile): void {
  expectIndices('samples.node', samples.node, nodes.length);
  expectStretches('samples', samples.time, samples.duration);
  for (let row = 0; row < samples.length; row++) {
    const operation = samples.operation[row] ?? -1;
    if (operation < -1 || operation >= operations.length) {
      throw new ProfileFormatError(`samples.operation[${row}]`, `there is no operation ${operation}`);
    }
    const phase = samples.phase[row] ?? NO_PHASE;
    if (phase >= PHASES.length && phase !== NO_PHASE) {
      throw new ProfileFormatError(`samples.phase[${row}]`, `there is no phase ${phase}`);
    }
    if ((samples.captured[row] ?? 0) > 1) {
      throw new ProfileFormatError(`samples.captured[${row}]`, 'it is neither 0 nor 1');
    }
  }
}

function checkOperations({ operations, strings }: Profile): void {
  expectIndices('operations.handler', operations.handler, strings.length);
  expectStretches('operations', operations.start, operations.duration);
}

function expectIndices(column: string, indices: Uint32Array | Uint8Array, length: number): void {
  for (let row = 0; row < indices.length; row++) {
    if ((indices[row] ?? 0) < length) continue;
    throw new ProfileFormatError(
      `${column}[${row}]`,
      `${indices[row]} points behind the last entry (${length - 1})`,
    );
  }
}

function expectStretches(table: string, start: Float64Array, duration: Float64Array): void {
  let previous = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < start.length; row++) {
    const from = start[row] ?? Number.NaN;
    const length = duration[row] ?? Number.NaN;
    if (!(from >= previous && Number.isFinite(from + length) && length >= 0)) {
      throw new ProfileFormatError(
        `${table}[${row}]`,
        `time runs backwards or is no number (${from}, ${length})`,
      );
    }
    previous = from;
  }
}
