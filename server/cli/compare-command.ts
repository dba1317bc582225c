import { createHash } from 'node:crypto';
import { counted } from '../protocol/figures.ts';
import { compareProfiles } from '../protocol/profile/compare-profiles.ts';
import type { Profile } from '../protocol/profile/profile.ts';
import { withoutProfiler } from '../protocol/profile/without-profiler.ts';
import { compareReport } from './compare-report.ts';
import { comparedLines } from './compared-lines.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { onOneLine } from './foreign-text.ts';
import { openProfileFile } from './open-profile-file.ts';
import { UsageError } from './usage-error.ts';

export interface CompareOptions {
  /** Where ids of runs are looked up. */
  readonly workspace: string;
  /** Files of the second side; absent: the second half of the files. */
  readonly after?: readonly string[];
  /** Print every difference, not only the largest ones. */
  readonly all: boolean;
  readonly json: boolean;
}

/**
 * `compare`: says in which functions two versions of a program differ. Starts no server.
 * @throws UsageError, ProfilerError, ProfileFormatError, IncomparableProfilesError
 */
export async function compareCommand(files: readonly string[], options: CompareOptions): Promise<ExitCode> {
  const sides = sidesOf(files, options);
  const before = await readAll(sides.before, options.workspace);
  const after = await readAll(sides.after, options.workspace);
  const comparison = compareProfiles(profilesOf(before), profilesOf(after));
  for (const warning of onBothSides(before, after)) console.error(warning);
  if (options.json) {
    const { functions: _, lines: _columns, ...facts } = comparison;
    console.log(JSON.stringify({ files: sides, ...facts, lines: comparedLines(comparison) }, null, 2));
    return EXIT.ok;
  }
  console.log(
    compareReport(comparison, {
      files: sides,
      profiles: { before: profilesOf(before), after: profilesOf(after) },
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

interface ReadFile {
  readonly file: string;
  readonly hash: string;
  readonly profile: Profile;
}

async function readAll(files: readonly string[], workspace: string): Promise<ReadFile[]> {
  const read: ReadFile[] = [];
  // One after the other: a large file takes much memory while it is read.
  for (const file of files) {
    const { bytes, profile } = await openProfileFile(file, { workspace });
    read.push({
      file,
      hash: createHash('sha256').update(bytes).digest('hex'),
      profile: withoutProfiler(profile),
    });
  }
  return read;
}

function profilesOf(files: readonly ReadFile[]): Profile[] {
  return files.map(({ profile }) => profile);
}

/** A sentence for each recording that is on both sides, under one name or two. */
function onBothSides(before: readonly ReadFile[], after: readonly ReadFile[]): string[] {
  return after.flatMap(({ file, hash }) => {
    const same = before.find((own) => own.hash === hash);
    if (same === undefined) return [];
    const which = same.file === file ? file : `${same.file} and ${file}`;
    return [
      `Warning: the same recording is on both sides (${onOneLine(which)}): what is compared with itself never differs.`,
    ];
  });
}
