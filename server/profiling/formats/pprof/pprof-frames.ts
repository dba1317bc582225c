import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import type { CallFrame } from '../../captured-stacks.ts';
import { type CallFrames, framePlace } from '../call-frames.ts';
import type { PprofLine, PprofLocation, PprofTables } from './pprof-tables.ts';

/** The functions at each location, the outermost first, as indices into the call frames. */
export function framesByLocation(
  tables: PprofTables,
  callFrames: CallFrames,
): Map<number, readonly number[]> {
  const places = functionPlaces(tables);
  const frames = new Map<number, readonly number[]>();
  for (const [id, location] of tables.locations) {
    const stack = location.lines
      .toReversed()
      .map((line) => callFrames.indexOf(frameOf(tables, line, places)));
    frames.set(id, stack.length > 0 ? stack : [callFrames.indexOf(addressFrame(location))]);
  }
  return frames;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * Where functions stand, by id. Locations name the line that ran; a function is one frame whatever its lines, so it
 * stands at its own first line, or where the tool writes none, at the first of those that ran.
 */
function functionPlaces({ functions, locations }: PprofTables): Map<number, Place> {
  const places = new Map<number, Place>();
  for (const { lines } of locations.values()) {
    for (const { functionId, line, column } of lines) {
      const known = places.get(functionId);
      if (known === undefined || line < known.line) places.set(functionId, { line, column });
    }
  }
  for (const [id, { startLine }] of functions) {
    const ran = places.get(id);
    if (startLine > 0 && ran?.line !== startLine) places.set(id, { line: startLine, column: 0 });
  }
  return places;
}

function frameOf(tables: PprofTables, { functionId }: PprofLine, places: Map<number, Place>): CallFrame {
  const known = tables.functions.get(functionId);
  if (known === undefined) {
    throw new ProfileFormatError('location.line.function_id', `there is no function ${functionId}`);
  }
  const { line, column } = places.get(functionId) ?? { line: 0, column: 0 };
  return {
    functionName: tables.text(known.name) || tables.text(known.systemName),
    scriptId: '',
    url: tables.text(known.file),
    lineNumber: Math.max(-1, framePlace(line) - 1),
    columnNumber: Math.max(-1, framePlace(column) - 1),
  };
}

/** Code of which only the address is known. */
function addressFrame({ address }: PprofLocation): CallFrame {
  return {
    functionName: `0x${address.toString(16)}`,
    scriptId: '',
    url: '',
    lineNumber: -1,
    columnNumber: -1,
  };
}
