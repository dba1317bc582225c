import { counted } from '../protocol/figures.ts';
import { compareProfiles } from '../protocol/profile/compare-profiles.ts';
import type { Profile } from '../protocol/profile/profile.ts';
import { oneRunWarnings } from './compare-remarks.ts';
import { type ComparedFile, compareReport } from './compare-report.ts';
import { comparedLines } from './compared-lines.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { onOneLine } from './foreign-text.ts';
import { keptCost } from './kept-cost.ts';
import { openProfileFile } from './open-profile-file.ts';
import { isSameRecording, type RecordingMark, recordingMark } from './same-recording.ts';
import { shownProfile } from './shown-profile.ts';
import { UsageError } from './usage-error.ts';

export interface CompareOptions {
  /** Where ids of runs are looked up. */
  readonly workspace: string;
  /** Files of the second side; absent: the second half of the files. */
  readonly after?: readonly string[];
  /** Print every difference, not only the largest ones. */
  readonly all: boolean;
  /** Compare the profiler's own functions too. */
  readonly withProfiler: boolean;
  readonly json: boolean;
}

/**
 * `compare`: says in which functions two versions of a program differ. Starts no server.
 * @throws UsageError, ProfilerError, ProfileFormatError, IncomparableProfilesError
 */
export async function compareCommand(files: readonly string[], options: CompareOptions): Promise<ExitCode> {
  const sides = sidesOf(files, options);
  const before = await readAll(sides.before, options);
  const after = await readAll(sides.after, options);
  const comparison = compareProfiles(profilesOf(before), profilesOf(after));
  for (const warning of onBothSides(before, after)) console.error(warning);
  if (options.json) {
    const { functions: _, lines: _columns, ...facts } = comparison;
    const told = { before: factsOf(before), after: factsOf(after) };
    const lines = comparedLines(comparison);
    const warnings = oneRunWarnings(comparison);
    console.log(JSON.stringify({ files: sides, ...facts, recordings: told, warnings, lines }, null, 2));
    return EXIT.ok;
  }
  console.log(
    compareReport(comparison, {
      sides: { before, after },
      all: options.all,
    }),
  );
  return EXIT.ok;
}

/** Two files are one side each; of more, the first half is before and the second half after, as two patterns give them. */
function sidesOf(files: readonly string[], { after }: CompareOptions) {
  if (after !== undefined) return { before: files, after };
  if (files.length % 2 === 0) {
    return { before: files.slice(0, files.length / 2), after: files.slice(files.length / 2) };
  }
  if (files.length === 1) {
    throw new UsageError(
      `Two profiles are compared; only ${onOneLine(files[0] ?? '')} was given.`,
      'Give that of the other version behind it. "eventstore-profiler runs" lists the profiles of a workspace, to be named by their ids.',
    );
  }
  throw new UsageError(
    `${counted(files.length, 'file')} cannot be cut into two sides of equal length.`,
    'Name the files of the second side with --after, such as: compare old1.espp old2.espp --after new.espp',
  );
}

interface ReadFile extends ComparedFile {
  readonly mark: RecordingMark;
}

async function readAll(
  files: readonly string[],
  { workspace, withProfiler }: CompareOptions,
): Promise<ReadFile[]> {
  const read: ReadFile[] = [];
  // One after the other: a large file takes much memory while it is read.
  for (const file of files) {
    const opened = await openProfileFile(file, { workspace });
    const shown = shownProfile(opened.profile, withProfiler);
    read.push({ file, shown, cost: await keptCost(opened), mark: recordingMark(opened.profile) });
  }
  return read;
}

function profilesOf(files: readonly ReadFile[]): Profile[] {
  return files.map(({ shown }) => shown.profile);
}

function factsOf(files: readonly ReadFile[]): object[] {
  return files.map(({ file, shown, cost: { costOfMeasuring, costUnknown } }) => ({
    file,
    profilerHidden: shown.hidden,
    costOfMeasuring,
    costUnknown,
  }));
}

/** A sentence for each recording that is on both sides, under one name or two. */
function onBothSides(before: readonly ReadFile[], after: readonly ReadFile[]): string[] {
  return after.flatMap(({ file, mark }) => {
    const same = before.find((own) => isSameRecording(own.mark, mark));
    if (same === undefined) return [];
    const which = same.file === file ? file : `${same.file} and ${file}`;
    return [
      `Warning: the same recording is on both sides (${onOneLine(which)}): what is compared with itself never differs.`,
    ];
  });
}
