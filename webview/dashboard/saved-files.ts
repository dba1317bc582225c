import { bytes } from '../../server/protocol/figures.ts';
import type { RunResult } from '../../server/protocol/run.ts';
import { workerFile } from '../../server/protocol/run-files.ts';
import type { ExplainedRun } from '../statements/statement-row.ts';

/** A file of a run that other programs open. */
export interface SavedFile {
  /** Id of the run that wrote it. */
  readonly run: string;
  readonly name: string;
  /** What is in it, with its size. */
  readonly content: string;
  /** Who opens it. */
  readonly use: string;
}

/** Suffixes of the files that other programs open, and which those are. */
const USES: readonly (readonly [suffix: string, use: string])[] = [
  ['.cpuprofile', 'For VS Code, Chrome DevTools, speedscope and other viewers'],
  ['.heapprofile', 'For VS Code, Chrome DevTools and other viewers'],
  ['.html', 'To be opened in a browser from where it is saved'],
];

/**
 * Everything of a run that can be saved: always the same, whatever of it the picture shows.
 * @param plan that was put into the picture; null where none was
 */
export function savedFiles(run: string, result: RunResult, plan: ExplainedRun | null): readonly SavedFile[] {
  const recorded = filesOf(run, result, (name) => contentOf(name, result, plan !== null));
  return plan === null ? recorded : [...recorded, ...planFiles(plan)];
}

/** The profile with a plan in it. */
export function planFiles({ run, result }: ExplainedRun): readonly SavedFile[] {
  const content = `The profile with the plan of ${result.label} below the waiting for it`;
  return filesOf(run, result, () => content);
}

function filesOf(run: string, result: RunResult, contentIn: (name: string) => string): SavedFile[] {
  const artifacts = 'artifacts' in result ? result.artifacts : [];
  return artifacts.flatMap(({ name, bytes: size }) => {
    const use = USES.find(([suffix]) => name.endsWith(suffix))?.[1];
    return use === undefined ? [] : [{ run, name, content: `${contentIn(name)}, ${bytes(size)}`, use }];
  });
}

function contentOf(name: string, result: RunResult, hasPlan: boolean): string {
  const tool = result.kind === 'profile' ? result.tool?.name : undefined;
  if (name.endsWith('.html')) return `The page that ${tool ?? 'the tool'} has drawn`;
  const threads = result.kind === 'profile' ? (result.threads ?? []) : [];
  const worker = threads.find((_, index) => workerFile(index, 'cpuprofile') === name);
  if (worker !== undefined) return `The thread ${worker.name} as it was recorded`;
  const what = threads.length > 0 ? 'The main thread' : 'The profile';
  return `${what} as it was recorded${hasPlan ? ', without the plan' : ''}`;
}
