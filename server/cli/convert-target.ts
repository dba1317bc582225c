import path from 'node:path';
import { WRITTEN_FORMATS, type WrittenFormat } from '../profiling/formats/write-profile.ts';
import { UsageError } from './usage-error.ts';

/** What to write and where. */
export interface ConvertTarget {
  readonly out: string;
  readonly format: WrittenFormat;
}

/** How the files of a format are called; the first one is the name of a file that is not named. */
const ENDINGS: Readonly<Record<WrittenFormat, readonly string[]>> = {
  cpuprofile: ['.cpuprofile'],
  speedscope: ['.speedscope.json', '.json'],
  pprof: ['.pb.gz', '.pprof'],
  collapsed: ['.collapsed', '.folded', '.txt'],
};

/** Undefined where nothing is to be written. The file is named after the one that is read, in the working folder. @throws UsageError */
export function targetOf(
  file: string,
  { to, out }: { readonly to?: string; readonly out?: string },
): ConvertTarget | undefined {
  if (to === undefined && out === undefined) return undefined;
  const format = to === undefined ? formatOf(out ?? '') : expectFormat(to);
  return { format, out: out ?? `${path.basename(file).replace(KNOWN_ENDING, '')}${ENDINGS[format][0]}` };
}

const KNOWN_ENDING =
  /(?:\.speedscope)?\.(?:cpuprofile|heapprofile|json|pb|pprof|collapsed|folded|txt|log|espp)(?:\.gz)?$|\.gz$/;

function expectFormat(to: string): WrittenFormat {
  const format = WRITTEN_FORMATS.find((known) => known === to);
  if (format !== undefined) return format;
  throw new UsageError(
    `--to must be a format that can be written; ${JSON.stringify(to)} was given.`,
    `Choose one of: ${WRITTEN_FORMATS.join(', ')}.`,
  );
}

function formatOf(out: string): WrittenFormat {
  const format = WRITTEN_FORMATS.find((known) => ENDINGS[known].some((ending) => out.endsWith(ending)));
  if (format !== undefined) return format;
  throw new UsageError(
    `The name ${out} does not say in which format to write.`,
    `Add --to with one of: ${WRITTEN_FORMATS.join(', ')}.`,
  );
}
