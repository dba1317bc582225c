import { writeFileAtomically } from '../lib/write-file-atomically.ts';
import type { OpenedProfile } from '../profiling/formats/read-profile.ts';
import { type WrittenFormat, writeProfile } from '../profiling/formats/write-profile.ts';
import { checkOutFile } from './check-out-file.ts';
import { convertReport, convertSummary } from './convert-report.ts';
import { type ConvertTarget, targetOf } from './convert-target.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { keptCost } from './kept-cost.ts';
import { openProfileFile } from './open-profile-file.ts';
import { shownProfile } from './shown-profile.ts';
import { UsageError } from './usage-error.ts';

export interface ConvertOptions {
  /** Where the id of a run is looked up. */
  readonly workspace: string;
  /** Format to write; absent: that of the ending of `out`, or none. */
  readonly to?: string;
  readonly out?: string;
  /** Which of several profiles in the file, counted from 1. */
  readonly profile?: string;
  /** Write over a file that is there. */
  readonly force: boolean;
  /** Show the profiler's own functions too. */
  readonly withProfiler: boolean;
  readonly json: boolean;
}

/**
 * `convert`: says what a profile of another tool, or of a run, holds, or writes it in another format. Starts no server.
 * @throws UsageError, FileFaultError, ProfileFormatError, ProfileTooLargeError
 */
export async function convertCommand(file: string, options: ConvertOptions): Promise<ExitCode> {
  const target = targetOf(file, options);
  const choice = choiceOf(options.profile);
  if (target !== undefined) await checkOutFile(target.out, options.force);
  const notes: string[] = [];
  const opened = await openProfileFile(file, {
    workspace: options.workspace,
    note: (sentence) => notes.push(sentence),
    ...(choice === undefined ? {} : { choice }),
  });
  if (target !== undefined) await write(opened, target);
  const told = {
    format: opened.format,
    shown: shownProfile(opened.profile, options.withProfiler),
    cost: await keptCost(opened),
  };
  console.log(
    options.json ? JSON.stringify(convertSummary(told, notes), null, 2) : convertReport(file, told),
  );
  for (const note of [...notes, ...unitNotes(opened, target?.format)]) console.error(note);
  if (target !== undefined) console.error(`Written: ${target.out}`);
  return EXIT.ok;
}

function choiceOf(profile: string | undefined): number | undefined {
  if (profile === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(profile)) return Number(profile);
  throw new UsageError(
    `--profile must be a whole number from 1 on; ${JSON.stringify(profile)} was given.`,
    'Leave it out to see which profiles the file holds.',
  );
}

async function write(opened: OpenedProfile, { out, format }: ConvertTarget): Promise<void> {
  await writeFileAtomically(out, writeProfile(opened, format));
}

function unitNotes({ profile }: OpenedProfile, format: WrittenFormat | undefined): string[] {
  if (format === 'cpuprofile' && profile.unit === 'samples') {
    return ['The file counts samples, a .cpuprofile holds time: each is written as one microsecond.'];
  }
  if (format === 'collapsed' && profile.unit !== 'samples') {
    return [
      `The counts are ${profile.unit}: collapsed stacks have no place to say so, and read again they are counts.`,
    ];
  }
  return [];
}
