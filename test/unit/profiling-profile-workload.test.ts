import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as timer } from 'node:timers/promises';
import { systemClock } from '../../server/lib/clock.ts';
import type { CpuCapture } from '../../server/profiling/capture/cpu-capture.ts';
import { v8CpuCollector } from '../../server/profiling/capture/v8-cpu-collector.ts';
import { readProfile } from '../../server/profiling/formats/read-profile.ts';
import { buildProfileArtifacts } from '../../server/profiling/profile-workload.ts';
import type { OperationTrace, PhaseSpan } from '../../server/protocol/operation-trace.ts';
import type { Phase } from '../../server/protocol/phase.ts';
import { buildCallTree } from '../../server/protocol/profile/build-call-tree.ts';
import { CATEGORIES, type Profile } from '../../server/protocol/profile/profile.ts';
import { treeAsText } from './profile-as-text.ts';

function burnProjecting(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

function burnDeciding(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** Waits 12 ms in one phase and works 10 ms in each of two others, on the real clock and under the real profiler. */
async function operation(iteration: number): Promise<OperationTrace> {
  const phases: PhaseSpan[] = [];
  const startMicros = systemClock.monotonicMicros();
  const phase = async (name: Phase, work: () => unknown) => {
    const start = systemClock.monotonicMicros();
    await work();
    phases.push({ phase: name, startMicros: start, durationMicros: systemClock.monotonicMicros() - start });
  };
  await phase('sql_execute', () => timer(12));
  await phase('project', () => burnProjecting(10));
  await phase('decide', () => burnDeciding(10));
  const durationMicros = systemClock.monotonicMicros() - startMicros;
  return {
    handler: 'Loans',
    kind: 'query',
    iteration,
    startMicros,
    durationMicros,
    phases,
    eventsReadByType: {},
    eventsAppended: 0,
    outcome: 'answered',
  };
}

async function record(
  operations: number,
): Promise<{ capture: CpuCapture; traces: readonly OperationTrace[] }> {
  await using capture = await v8CpuCollector(systemClock).start({ samplingIntervalMicros: 250 });
  const traces: OperationTrace[] = [];
  for (let iteration = 0; iteration < operations; iteration++) traces.push(await operation(iteration));
  return { capture: await capture.stop(), traces };
}

// Recorded before any test runs: the test runner works in the same process.
const { capture, traces } = await record(8);
const artifacts = await buildProfileArtifacts({ capture, traces, title: 'Loans' });

// On a busy machine V8 inlines and collects garbage when it likes: only what must not be mixed up is told sharply.
test('the work of a phase shows under that phase and no other, with its time', () => {
  const { profile } = artifacts;
  assert.ok(shareOf(profile, 'project', 'burnProjecting') > 0.3, tree(profile));
  assert.ok(shareOf(profile, 'decide', 'burnDeciding') > 0.3, tree(profile));
  assert.ok(shareOf(profile, 'decide', 'burnProjecting') < 0.05, tree(profile));
  assert.ok(shareOf(profile, 'project', 'burnDeciding') < 0.05, tree(profile));
});

test('waiting has a frame of its own under the phase that waited', () => {
  const { profile } = artifacts;
  // V8 also collects garbage while nothing else is to be done, which is work: on a busy machine much of the time.
  assert.ok(shareOf(profile, 'sql_execute', 'waiting for PostgreSQL') > 0.1, tree(profile));
  assert.equal(shareOf(profile, 'sql_execute', '(idle)'), 0);
  const frame = Array.from(profile.frames.name).findIndex(
    (name) => profile.strings[name] === 'waiting for PostgreSQL',
  );
  assert.equal(CATEGORIES[profile.frames.category[frame] ?? 0], 'wait');
});

test('the time of each phase in the picture is the time that was recorded for it', () => {
  const { profile, totals } = artifacts;
  for (const { phase, totalMicros } of totals) {
    assert.ok(
      Math.abs(phaseTime(profile, phase) - totalMicros) < 0.1,
      `${phase}: ${phaseTime(profile, phase)}`,
    );
  }
  const wall = traces.reduce((sum, trace) => sum + trace.durationMicros, 0);
  assert.ok(Math.abs(totals.reduce((sum, total) => sum + total.totalMicros, 0) - wall) < 1);
});

test('frames name the source file and line of the function', async () => {
  const source = (await readFile(new URL(import.meta.url), 'utf8')).split('\n');
  const { profile } = artifacts;
  const { frames, strings } = profile;
  const frame = Array.from(frames.name).findIndex((name) => strings[name] === 'burnProjecting');
  assert.equal(strings[frames.file[frame] ?? 0], import.meta.url);
  assert.equal(
    source[(frames.line[frame] ?? 0) - 1],
    'function burnProjecting(milliseconds: number): void {',
  );
});

test('the .cpuprofile opens again as the same profile', () => {
  assert.deepEqual(
    readProfile(Buffer.from(artifacts.cpuProfileJson), { name: 'reopened' }),
    artifacts.profile,
  );
});

test('a capture on another clock is brought onto the clock of the traces', async () => {
  const slept = 3_600_000_000;
  const { startTime, endTime } = capture.cpuProfile;
  const cpuProfile = { ...capture.cpuProfile, startTime: startTime - slept, endTime: endTime - slept };
  const shifted = { ...capture, cpuProfile, clockOffsetMicros: slept };
  const built = await buildProfileArtifacts({ capture: shifted, traces, title: 'Loans' });
  assert.deepEqual(built.profile, artifacts.profile);
  assert.equal(built.cpuProfileJson, artifacts.cpuProfileJson);
});

function tree(profile: Profile): string {
  return treeAsText(profile, buildCallTree(profile, 'phases'));
}

/** Microseconds of the phase's box, of all handlers together. */
function phaseTime(profile: Profile, phase: string): number {
  const line = tree(profile).match(new RegExp(`^ {4}(?:phase )?${phase} ([\\d.]+) `, 'm'));
  return Number(line?.[1]);
}

/** The part of a phase in which the function stood on the stack. */
function shareOf(profile: Profile, phase: string, name: string): number {
  const lines = tree(profile).split('\n');
  const first = lines.findIndex((line) => line.startsWith(`    phase ${phase} `));
  const length = lines.slice(first + 1).findIndex((line) => !line.startsWith('      '));
  const below = lines.slice(first + 1, length === -1 ? undefined : first + 1 + length);
  const time = below
    .filter((line) => line.trim().startsWith(`${name} `))
    .reduce(
      (sum, line) =>
        sum +
        Number(
          line
            .trim()
            .slice(name.length + 1)
            .split(' ')[0],
        ),
      0,
    );
  return time / phaseTime(profile, phase);
}
