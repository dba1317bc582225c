import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import type { CallFrame, CapturedStacks } from '../../captured-stacks.ts';
import { MAX_DEPTH, tooDeep } from '../limits.ts';
import { StackBuilder } from '../stack-builder.ts';
import type { SpeedscopeColumns } from './speedscope-columns.ts';

/** The stacks of one profile of a speedscope file; `factor` brings its values into the unit of the model. */
export function speedscopeToStacks(
  columns: SpeedscopeColumns,
  frames: readonly CallFrame[],
  factor: number,
): CapturedStacks {
  const builder = new StackBuilder(columns.where);
  const indices = frames.map((frame) => builder.callFrames.indexOf(frame));
  const frameAt = (index: number, where: () => string): number => {
    const frame = indices[index];
    if (frame === undefined) throw new ProfileFormatError(where(), `there is no frame ${index}`);
    return frame;
  };
  if (columns.type === 'evented') addEvents(columns, builder, { frameAt, factor });
  else if (columns.type === 'sampled') addStacks(columns, builder, { frameAt, factor });
  else throw new ProfileFormatError(`${columns.where}.type`, 'it is neither "evented" nor "sampled"');
  return builder.weighed(columns.where);
}

interface Reading {
  readonly frameAt: (index: number, where: () => string) => number;
  readonly factor: number;
}

function addStacks(columns: SpeedscopeColumns, builder: StackBuilder, { frameAt, factor }: Reading): void {
  const { stackFrames, stackEnds, weights, where } = columns;
  if (weights.length !== stackEnds.length) {
    throw new ProfileFormatError(
      `${where}.weights`,
      `${weights.length} weights do not belong to ${stackEnds.length} samples`,
    );
  }
  let start = 0;
  for (let sample = 0; sample < stackEnds.length; sample++) {
    const end = stackEnds.values[sample] ?? 0;
    let node = 0;
    for (let at = start; at < end; at++) {
      const frame = frameAt(stackFrames.values[at] ?? 0, () => `${where}.samples[${sample}]`);
      node = builder.child(node, frame);
    }
    const weight = (weights.values[sample] ?? 0) * factor;
    if (!(weight >= 0)) throw new ProfileFormatError(`${where}.weights[${sample}]`, `${weight} is no weight`);
    builder.addSample(node, weight);
    start = end;
  }
}

/** Between two events that differ in time, the stack that stands open has run: one row. */
function addEvents(columns: SpeedscopeColumns, builder: StackBuilder, { frameAt, factor }: Reading): void {
  const { eventOpens, eventFrame, eventAt, where } = columns;
  const openFrames: number[] = [];
  const openNodes: number[] = [0];
  let time = columns.startValue ?? eventAt.values[0] ?? 0;
  const pass = (at: number, place: () => string) => {
    if (at < time) throw new ProfileFormatError(place(), `time runs backwards, from ${time} to ${at}`);
    if (at > time) builder.addSample(openNodes.at(-1) ?? 0, (at - time) * factor);
    time = at;
  };
  for (let event = 0; event < eventAt.length; event++) {
    const place = () => `${where}.events[${event}]`;
    pass(eventAt.values[event] ?? 0, place);
    const frame = frameAt(eventFrame.values[event] ?? 0, place);
    if (eventOpens.values[event] === 1) {
      if (openFrames.length >= MAX_DEPTH) throw tooDeep(place());
      openFrames.push(frame);
      openNodes.push(builder.child(openNodes.at(-1) ?? 0, frame));
    } else if (openFrames.pop() === frame) openNodes.pop();
    else throw new ProfileFormatError(place(), 'it closes a frame that is not the innermost open one');
  }
  if (openFrames.length > 0) {
    throw new ProfileFormatError(`${where}.events`, `${openFrames.length} frames are never closed`);
  }
  pass(Math.max(columns.endValue ?? time, time), () => `${where}.endValue`);
}
