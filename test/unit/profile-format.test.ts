import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { decodeProfile } from '../../server/protocol/profile/decode-profile.ts';
import { encodeProfile } from '../../server/protocol/profile/encode-profile.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { ProfileFormatError } from '../../server/protocol/profile/profile-format-error.ts';
import { profileOf } from './profile-as-text.ts';

function small(): Profile {
  return profileOf(
    [
      { stack: 'lire-é a', micros: 1.25 },
      { stack: 'lire-é b', micros: 2.5, operation: 0, phase: 'snapshot_save' },
    ],
    ['Loans \ud800'],
  );
}

test('a decoded profile equals the encoded one, lone surrogates included', () => {
  assert.deepEqual(decodeProfile(encodeProfile(small())), small());
});

test('decoded columns lie on the buffer: nothing is copied', () => {
  const buffer = encodeProfile(small());
  const { samples, frames } = decodeProfile(buffer);
  assert.equal(samples.time.buffer, buffer);
  assert.equal(frames.category.buffer, buffer);
});

test('data cut off at any byte is refused', () => {
  const buffer = encodeProfile(small());
  for (let bytes = 0; bytes < buffer.byteLength; bytes++) {
    assert.throws(() => decodeProfile(buffer.slice(0, bytes)), ProfileFormatError, `${bytes} bytes`);
  }
});

test('foreign data is refused', () => {
  const json = new TextEncoder().encode('{"nodes":[],"startTime":0,"endTime":0}').buffer;
  assert.throws(() => decodeProfile(json), { where: 'byte 0', message: /does not begin with ESPF/ });
});

test('a newer format is refused with the advice to update', () => {
  const buffer = encodeProfile(small());
  new Uint32Array(buffer, 4, 1)[0] = 4;
  assert.throws(() => decodeProfile(buffer), {
    message: /format 4 is newer than format 3/,
    advice: /Update/,
  });
});

test('a profile of format 1 is read: rows on the root are those without a sample', async () => {
  const file = await readFile(new URL('samples/format-1.espp', import.meta.url));
  const profile = decodeProfile(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength));
  assert.deepEqual([...profile.samples.captured], [1, 0, 1]);
  assert.equal(profile.sampleDistanceMicros, 4);
  assert.equal(profile.strings[profile.operations.handler[0] ?? 0], 'Loans');
});

test('a profile of format 2 is read: it counts microseconds', async () => {
  const file = await readFile(new URL('samples/format-2.espp', import.meta.url));
  const profile = decodeProfile(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength));
  assert.deepEqual([profile.source, profile.unit], ['v8-cpu', 'microseconds']);
  assert.deepEqual([...profile.samples.captured], [1, 0, 1]);
  assert.deepEqual([...profile.samples.duration], [1.5, 2.5, 4]);
});

test('source and unit come back', () => {
  const heap: Profile = { ...small(), source: 'v8-heap', unit: 'bytes' };
  assert.deepEqual(decodeProfile(encodeProfile(heap)), heap);
});

test('bytes behind the end are refused', () => {
  const buffer = encodeProfile(small());
  const longer = new Uint8Array(buffer.byteLength + 8);
  longer.set(new Uint8Array(buffer));
  assert.throws(() => decodeProfile(longer.buffer), { message: /8 bytes stand behind the end/ });
});

const HOSTILE_HEADERS: readonly [string, Record<string, unknown>, RegExp][] = [
  [
    'a table longer than the data',
    { rows: rows({ samples: 2_000_000_000 }) },
    /samples.time: 16000000000 bytes/,
  ],
  [
    'a length that is no integer',
    { rows: rows({ nodes: 1.5 }) },
    /header.rows.nodes: 1.5 is no number of rows/,
  ],
  ['a negative length', { rows: rows({ nodes: -1 }) }, /header.rows.nodes: -1/],
  ['a length beyond all indices', { rows: rows({ nodes: 1e300 }) }, /header.rows.nodes: 1e\+300/],
  ['rows that are no object', { rows: [] }, /header.rows: it is no object/],
  ['strings that are no list', { strings: { length: 1e9 } }, /header.strings: it is no list/],
  ['a string that is none', { strings: ['', 7] }, /header.strings\[1\]: it is no text/],
  ['a source that is not known', { source: 'perf' }, /header.source: "perf" is no known source/],
  ['a unit that is not known', { unit: 'eggs' }, /header.unit: "eggs" is no known unit/],
  ['a duration that is none', { durationMicros: '9' }, /header.durationMicros/],
];

for (const [what, change, message] of HOSTILE_HEADERS) {
  test(`${what} in the header is refused`, () => {
    assert.throws(() => decodeProfile(withHeader(change)), { name: 'ProfileFormatError', message });
  });
}

test('a header that is no JSON is refused', () => {
  const buffer = encodeProfile(small());
  new Uint8Array(buffer)[20] = 0xff;
  assert.throws(() => decodeProfile(buffer), { where: 'header' });
});

const HOSTILE_COLUMNS: readonly [string, (profile: Profile) => void, string][] = [
  ['a parent behind its child', ({ nodes }) => nodes.parent.fill(2, 2, 3), 'nodes.parent[2]'],
  ['a parent before the root', ({ nodes }) => nodes.parent.fill(-7, 1, 2), 'nodes.parent[1]'],
  ['a root with a parent', ({ nodes }) => nodes.parent.fill(0, 0, 1), 'nodes.parent[0]'],
  ['a frame that is none', ({ nodes }) => nodes.frame.fill(99, 1, 2), 'nodes.frame[1]'],
  ['a name that is none', ({ frames }) => frames.name.fill(99, 1, 2), 'frames.name[1]'],
  ['a file that is none', ({ frames }) => frames.file.fill(99, 0, 1), 'frames.file[0]'],
  ['a category that is none', ({ frames }) => frames.category.fill(99, 0, 1), 'frames.category[0]'],
  ['a node that is none', ({ samples }) => samples.node.fill(99, 0, 1), 'samples.node[0]'],
  ['an operation that is none', ({ samples }) => samples.operation.fill(1, 1, 2), 'samples.operation[1]'],
  ['an operation below -1', ({ samples }) => samples.operation.fill(-2, 1, 2), 'samples.operation[1]'],
  ['a phase that is none', ({ samples }) => samples.phase.fill(99, 1, 2), 'samples.phase[1]'],
  ['a row of two samples', ({ samples }) => samples.captured.fill(2, 1, 2), 'samples.captured[1]'],
  ['a time that is no number', ({ samples }) => samples.time.fill(Number.NaN, 1, 2), 'samples[1]'],
  ['time that runs backwards', ({ samples }) => samples.time.fill(-1, 1, 2), 'samples[1]'],
  [
    'an endless duration',
    ({ samples }) => samples.duration.fill(Number.POSITIVE_INFINITY, 0, 1),
    'samples[0]',
  ],
  ['a negative duration', ({ operations }) => operations.duration.fill(-1, 0, 1), 'operations[0]'],
  ['a handler that is none', ({ operations }) => operations.handler.fill(99, 0, 1), 'operations.handler[0]'],
];

for (const [what, change, where] of HOSTILE_COLUMNS) {
  test(`${what} is refused and its place told`, () => {
    const profile = small();
    change(profile);
    assert.throws(() => decodeProfile(encodeProfile(profile)), { name: 'ProfileFormatError', where });
  });
}

test('a profile without nodes is refused', () => {
  const profile = small();
  const nodes = { length: 0, parent: new Int32Array(0), frame: new Uint32Array(0) };
  assert.throws(() => decodeProfile(encodeProfile({ ...profile, nodes })), { where: 'nodes' });
});

test('a stack deeper than a picture can store is refused', () => {
  const length = 65_002;
  const parent = Int32Array.from({ length }, (_, node) => node - 1);
  const nodes = { length, parent, frame: new Uint32Array(length) };
  assert.throws(() => decodeProfile(encodeProfile({ ...small(), nodes })), { where: 'nodes.parent[65001]' });
});

function rows(change: Record<string, number>): Record<string, number> {
  return { frames: 4, nodes: 4, samples: 2, operations: 1, ...change };
}

/** The small profile with another header in front of the same columns. */
function withHeader(change: Record<string, unknown>): ArrayBuffer {
  const buffer = encodeProfile(small());
  const bytes = new Uint32Array(buffer, 8, 1)[0] ?? 0;
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 16, bytes)));
  const changed = new TextEncoder().encode(JSON.stringify({ ...header, ...change }));
  const columns = new Uint8Array(buffer, 16 + bytes);
  const whole = new Uint8Array(16 + changed.byteLength + columns.byteLength);
  whole.set(new Uint8Array(buffer, 0, 16));
  new Uint32Array(whole.buffer, 8, 1)[0] = changed.byteLength;
  whole.set(changed, 16);
  whole.set(columns, 16 + changed.byteLength);
  return whole.buffer;
}
