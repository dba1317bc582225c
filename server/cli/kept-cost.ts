import path from 'node:path';
import { UnreadableRunError } from '../jobs/errors.ts';
import { RunDirectory } from '../jobs/run-directory.ts';
import { percent, percentRange } from '../protocol/figures.ts';
import type { RunResult } from '../protocol/run.ts';
import { RESULT_FILE } from '../protocol/run-files.ts';
import { costLines, type ToldCost } from './cost-lines.ts';
import type { ProfileFile } from './open-profile-file.ts';

/** What measuring has cost a profile that was read from a file. */
export interface KeptCost extends ToldCost {
  /** What the cost is a share of. */
  readonly whole: string;
}

/** Of a profile in the folder of its run, what that run found; of any other, why nobody knows. */
export async function keptCost({ path: file, profile }: ProfileFile): Promise<KeptCost> {
  const folder = path.dirname(path.resolve(file));
  const directory = new RunDirectory(path.dirname(folder));
  const read = async (id: string) => {
    try {
      return await directory.readResult(id);
    } catch (error) {
      if (error instanceof UnreadableRunError) return error;
      throw error;
    }
  };
  const result = await read(path.basename(folder));
  if (result instanceof UnreadableRunError) return unknown(result.message);
  if (isArtifact(result, path.basename(file))) {
    // A plan is put into the profile of another run.
    const recorded = result.kind === 'explain' ? await read(result.run) : result;
    if (recorded instanceof UnreadableRunError) return unknown(recorded.message);
    if (recorded?.kind === 'profile') return costOf(recorded, 'the operations');
    if (recorded?.kind === 'attach') return costOf(recorded, 'the recorded time');
  }
  return unknown(
    profile.operations.length > 0
      ? `it stands in ${RESULT_FILE} of the run, which is not there.`
      : 'the file does not tell it.',
  );
}

function isArtifact(result: RunResult | undefined, name: string): result is RunResult {
  if (result === undefined || !('artifacts' in result)) return false;
  return result.artifacts.some((artifact) => artifact.name === name);
}

function costOf({ costOfMeasuring, costUnknown }: ToldCost, whole: string): KeptCost {
  if (costOfMeasuring !== undefined) return { whole, costOfMeasuring };
  return costUnknown === undefined ? unknown('the run is older than such figures.') : { whole, costUnknown };
}

function unknown(why: string): KeptCost {
  return { whole: '', costUnknown: `not known: ${why}` };
}

/** In a few words, to stand among others. */
export function keptShare({ costOfMeasuring: cost, costUnknown, whole }: KeptCost): string {
  if (cost === undefined) return costUnknown ?? '';
  const range = 'shareRange' in cost ? cost.shareRange : undefined;
  return `about ${range === undefined ? percent(cost.share) : percentRange(range)} of ${whole}`;
}

/** The lines of `costLines`. */
export function keptCostLines(cost: KeptCost): string[] {
  return costLines(cost, cost.whole);
}
