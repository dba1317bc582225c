import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ProfilerError } from '../../server/lib/profiler-error.ts';
import { ProtobufWriter } from '../../server/profiling/formats/pprof/protobuf-writer.ts';
import { readProfile } from '../../server/profiling/formats/read-profile.ts';
import { statementAt } from '../../server/profiling/phases/statement-at.ts';
import { ProfileFormatError } from '../../server/protocol/profile/profile-format-error.ts';
import { cpuProfileOf, traceOf } from './profiling-captures.ts';

/** Five times what the slowest of these takes on a slow machine; each of them once took minutes, or never ended. */
const MAX_MILLIS = 10_000;
const MAX_BYTES = 500_000;

const blanks = ' '.repeat(490_000);
const long = 'x'.repeat(490_000);
const many = <T>(count: number, one: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => one(at));
const log = (...lines: string[]) => `v8-version,13,6\n${lines.join('\n')}\ntick,0x10,1,0,0x0,0`;
const created = (start: number, size: number, name: string) =>
  `code-creation,JS,1,1,0x${start.toString(16)},${size},${name}`;
const sampled = (more: object) => ({
  shared: { frames: [{ name: 'a' }] },
  profiles: [{ type: 'sampled', name: 'x', unit: 'none', startValue: 0, endValue: 9, ...more }],
});
const good = cpuProfileOf(['100 a b', '110 (idle)', '400000 c']);
const ours = (operations: unknown) => ({
  ...good,
  $eventstoreProfiler: { version: 1, title: '', startedAt: '', samplingIntervalMicros: 1, operations },
});
const operation = (startMicros: number, more: object = {}) => ({
  handler: 'h',
  startMicros,
  durationMicros: 300,
  phases: [],
  ...more,
});
const span = (startMicros: number, durationMicros: number) => ({ startMicros, durationMicros });

const HOSTILE: Readonly<Record<string, unknown>> = {
  'collapsed stacks with one line of blanks': `a${blanks}b`,
  'collapsed stacks with blanks between two counts': `a 1${blanks}x 2`,
  'collapsed stacks with blanks and counts in turn': `${'1 '.repeat(240_000)}x`,
  'collapsed stacks with a number that does not end': `a ${'1'.repeat(490_000)}x`,
  'collapsed stacks with one long name': `${long} 3`,
  'collapsed stacks with empty frames': `${';'.repeat(490_000)} 3`,
  'collapsed stacks with open brackets': `a${' (x'.repeat(160_000)}:1) 3`,
  'collapsed stacks with colons': `a (${':1'.repeat(240_000)}:x) 3`,
  'a log of code as large as can be': log(
    ...many(3000, (at) => created(at * 2 ** 26, 2 ** 26, 'f /a.js:1:1')),
  ),
  'a log of code that overlaps': log(...many(9000, (at) => created(at * 4096, 2 ** 26, 'f /a.js:1:1'))),
  'a log of code that moves': log(
    ...many(4000, (at) => created(at * 2 ** 26, 2 ** 26, 'f /a.js:1:1')),
    ...many(8000, (at) => `code-move,0x${(at * 2 ** 26).toString(16)},0x${(at * 4096).toString(16)}`),
  ),
  'a log of libraries that overlap': log(
    ...many(6000, (at) => `shared-library,/lib/a,0x${at.toString(16)},0x${(2 ** 30 - at).toString(16)},0`),
    ...many(6000, (at) => `tick,0x${(2 ** 31).toString(16)},${at},0,0x0,0`),
  ),
  'a log with a name of slashes': log(created(16, 9, ' /'.repeat(240_000))),
  'a log with a name of places': log(created(16, 9, `a${' /:1'.repeat(120_000)}:x`)),
  'a log with a name of colons and digits': log(created(16, 9, `${':1'.repeat(240_000)}x`)),
  'a log with a name of blanks': log(created(16, 9, blanks)),
  'a log with a name of backslashes': log(created(16, 9, '\\\\'.repeat(240_000))),
  'JSON with one line of blanks': `{${blanks}"x"`,
  'JSON with a long key': `{"${long}":1}`,
  'JSON with many unknown lists': `{"x":[${'[],'.repeat(150_000)}[]]}`,
  'JSON of brackets alone': `{"x":${'['.repeat(490_000)}`,
  'JSON with a long number': `{"nodes":[{"id":${'1'.repeat(490_000)}}]}`,
  'a trace of empty events': `[${'{},'.repeat(160_000)}{}]`,
  'a trace of deep process numbers': `[{"name":"Profile","pid":${'['.repeat(90_000)}${']'.repeat(90_000)}}]`,
  'a trace of process numbers that are no text':
    '[{"name":"thread_name","pid":{"toString":1},"args":{"name":{"toString":1}}}]',
  'a tick log of deep kinds': `{"code":[{"name":"a","type":"CODE","kind":${'['.repeat(90_000)}${']'.repeat(90_000)}}],"ticks":[]}`,
  'a speedscope file of deep types': `{"shared":{"frames":[]},"profiles":[{"events":[{"type":${'['.repeat(90_000)}${']'.repeat(90_000)}}]}]}`,
  'a speedscope file with many empty stacks': sampled({
    samples: many(80_000, () => []),
    weights: many(80_000, () => 1),
  }),
  'a speedscope file with one deep stack': sampled({ samples: [many(200_000, () => 0)], weights: [1] }),
  'a CPU profile with deep nodes': {
    ...good,
    nodes: many(5000, (at) => ({
      id: at + 1,
      callFrame: { functionName: 'a' },
      children: at < 4999 ? [at + 2] : [],
    })),
    samples: many(25_000, () => 5000),
    timeDeltas: many(25_000, () => 1),
  },
  'a CPU profile with nodes that name one child': {
    ...good,
    nodes: many(7900, (at) => ({ id: at + 1, callFrame: { functionName: 'a' }, children: [7900] })),
  },
  'a CPU profile with operations that overlap': ours(many(6000, (at) => operation(at))),
  'a CPU profile with phases that overlap': ours([
    operation(100, {
      durationMicros: 300_000,
      phases: many(6000, (at) => ({ phase: 'decide', ...span(100 + at, 200_000) })),
    }),
  ]),
  'a CPU profile with statements that overlap': ours([
    operation(100, {
      durationMicros: 300_000,
      phases: [{ phase: 'sql_execute', ...span(100, 300_000) }],
      statements: many(7000, (at) => ({ label: 's', ...span(100 + at, 250_000) })),
    }),
  ]),
  'a pprof file with deep inlining': pprof({ lines: 400, locations: 10_000, samples: 200 }),
  'a pprof file with inlining just not too deep': pprof({ lines: 400, locations: 160, samples: 20_000 }),
  'a pprof file with many inlined lines': pprof({ lines: 1_000_000, locations: 1, samples: 1000 }),
  'gzip of nothing but zeros': gzipSync(Buffer.alloc(2 ** 28)),
};

for (const [what, content] of Object.entries(HOSTILE)) {
  test(`${what} is read or refused in a moment`, () => {
    const bytes = bytesOf(content);
    assert.ok(bytes.length <= MAX_BYTES, `${bytes.length} bytes`);
    const before = performance.now();
    try {
      readProfile(bytes, { name: 'hostile' });
    } catch (error) {
      const isRefusal = error instanceof ProfileFormatError || error instanceof ProfilerError;
      assert.ok(isRefusal, error instanceof Error ? error.stack : String(error));
    }
    const millis = performance.now() - before;
    assert.ok(millis < MAX_MILLIS, `${millis} ms`);
  });
}

test('a million rows find their statements among many that overlap in a moment', () => {
  const statements = many(20_000, (at) => ({ label: 's', ...span(at, 1_000_000) }));
  const find = statementAt([{ ...traceOf('0-2000000', []), statements }]);
  const before = performance.now();
  for (let at = 0; at < 1_000_000; at++) find({ operation: 0, phase: 0, startMicros: at, endMicros: at + 1 });
  const millis = performance.now() - before;
  assert.ok(millis < MAX_MILLIS, `${millis} ms`);
});

function bytesOf(content: unknown): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
}

/** One location of so many inlined functions, and samples of so many of it. */
function pprof(size: {
  readonly lines: number;
  readonly locations: number;
  readonly samples: number;
}): Uint8Array {
  const file = new ProtobufWriter();
  const fields = (...values: readonly (readonly [number, number])[]) => {
    const message = new ProtobufWriter();
    for (const [field, value] of values) message.natural(field, value);
    return message;
  };
  file.message(1, fields([1, 1], [2, 2]));
  for (const text of ['', 'samples', 'count', 'f']) file.text(6, text);
  file.message(5, fields([1, 1], [2, 3]));
  const location = fields([1, 1]);
  for (let line = 0; line < size.lines; line++) location.message(4, fields([1, 1], [2, 1]));
  file.message(4, location);
  const sample = new ProtobufWriter();
  sample.naturals(
    1,
    many(size.locations, () => 1),
  );
  sample.naturals(2, [1]);
  for (let at = 0; at < size.samples; at++) file.message(2, sample);
  return gzipSync(file.sink.written());
}
