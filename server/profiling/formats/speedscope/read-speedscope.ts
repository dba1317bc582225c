import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import type { CallFrame } from '../../captured-stacks.ts';
import { framePlace, frameText } from '../call-frames.ts';
import { chooseProfile } from '../choose-profile.ts';
import type { FileCapture, ReadOptions } from '../file-capture.ts';
import { expectObject } from '../json/json-checks.ts';
import { JsonCursor } from '../json/json-cursor.ts';
import { MAX_NODES, tooManyNodes } from '../limits.ts';
import { SpeedscopeColumns } from './speedscope-columns.ts';
import { speedscopeToStacks } from './speedscope-to-stacks.ts';
import { speedscopeUnit } from './speedscope-units.ts';

/**
 * Reads speedscope's own JSON format, evented or sampled, in any of its units. Of several profiles the one that the
 * file marks as active is taken, else the one with most samples; the others are told.
 */
export function readSpeedscope(bytes: Uint8Array, options: ReadOptions): FileCapture {
  const file = readFile(bytes);
  const [first, ...rest] = file.profiles.map((columns, at) => ({
    value: columns,
    name: typeof columns.name === 'string' && columns.name !== '' ? columns.name : `number ${at + 1}`,
    samples: columns.length,
  }));
  if (first === undefined) throw new ProfileFormatError('profiles', 'there is no profile in the file');
  const chosen = chooseProfile([first, ...rest], options, file.active);
  const { unit, factor } = speedscopeUnit(chosen.unit, chosen.where);
  return {
    stacks: speedscopeToStacks(chosen, file.frames, factor),
    facts: { title: titleOf(file, chosen) ?? options.name, startedAt: '', source: 'speedscope', unit },
  };
}

interface SpeedscopeFile {
  readonly frames: readonly CallFrame[];
  readonly profiles: readonly SpeedscopeColumns[];
  readonly name: unknown;
  readonly active: number | undefined;
}

function readFile(bytes: Uint8Array): SpeedscopeFile {
  const cursor = new JsonCursor(bytes);
  let frames: readonly CallFrame[] | undefined;
  let profiles: readonly SpeedscopeColumns[] | undefined;
  const told: { name?: unknown; active?: unknown } = {};
  cursor.object('the file');
  for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
    if (key === 'shared') frames = readShared(cursor);
    else if (key === 'profiles') profiles = readProfiles(cursor);
    else if (key === 'name') told.name = cursor.value();
    else if (key === 'activeProfileIndex') told.active = cursor.value();
    else cursor.skip();
  }
  cursor.end();
  if (frames === undefined) throw cursor.missing('shared.frames');
  if (profiles === undefined) throw cursor.missing('profiles');
  return {
    frames,
    profiles,
    name: told.name,
    active: typeof told.active === 'number' ? told.active : undefined,
  };
}

/** Each is a thread, or a part of a trace. */
const MAX_PROFILES = 10_000;

function readProfiles(cursor: JsonCursor): SpeedscopeColumns[] {
  const profiles: SpeedscopeColumns[] = [];
  cursor.list('profiles');
  while (cursor.item()) {
    if (profiles.length >= MAX_PROFILES) {
      throw new ProfileFormatError('profiles', `there are more than ${MAX_PROFILES} in the file`);
    }
    const columns = new SpeedscopeColumns(`profiles[${profiles.length}]`);
    columns.read(cursor);
    profiles.push(columns);
  }
  return profiles;
}

function readShared(cursor: JsonCursor): readonly CallFrame[] | undefined {
  let frames: CallFrame[] | undefined;
  cursor.object('shared');
  for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
    if (key === 'frames') frames = readFrames(cursor);
    else cursor.skip();
  }
  return frames;
}

/** Lines and columns count from 1; tools write 0, -1 or nothing where they know none. */
function readFrames(cursor: JsonCursor): CallFrame[] {
  const frames: CallFrame[] = [];
  cursor.list('shared.frames');
  while (cursor.item()) {
    const where = `shared.frames[${frames.length}]`;
    const frame = expectObject(where, cursor.value());
    if (typeof frame['name'] !== 'string') throw new ProfileFormatError(`${where}.name`, 'it is no text');
    if (frames.length >= MAX_NODES) throw tooManyNodes('shared.frames')();
    frames.push({
      functionName: frame['name'],
      scriptId: '',
      url: frameText(frame['file']),
      lineNumber: Math.max(-1, framePlace(frame['line']) - 1),
      columnNumber: Math.max(-1, framePlace(frame['col'] ?? frame['column']) - 1),
    });
  }
  return frames;
}

function titleOf({ name, profiles }: SpeedscopeFile, chosen: SpeedscopeColumns): string | undefined {
  const names = profiles.length > 1 ? [chosen.name, name] : [name, chosen.name];
  return names.find((text): text is string => typeof text === 'string' && text !== '');
}
