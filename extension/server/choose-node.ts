import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The oldest Node.js that runs the server; the same as "engines" of package.json. */
export const OLDEST_NODE = '22.12.0';

/** A Node.js that can run the server, and why it was taken. */
export interface NodeRuntime {
  readonly command: string;
  readonly version: string;
  /** Added to the environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  readonly why: string;
}

/** A Node.js that cannot run the server. */
export class UnusableNode extends Error {
  override readonly name = 'UnusableNode';
  readonly command: string;
  readonly problem: NodeProblem;

  constructor(command: string, problem: NodeProblem, cause?: unknown) {
    super(`${command}: ${problem.kind}`, { cause });
    this.command = command;
    this.problem = problem;
  }
}

type NodeProblem =
  | { readonly kind: 'not-node' }
  | { readonly kind: 'too-old'; readonly version: string; readonly wanted: string };

export interface NodeCandidates {
  /** What the setting says; empty when it says nothing. */
  readonly setting: string;
  /** The editor's own executable. */
  readonly editor: string;
}

/**
 * A profile is worth something only on the runtime that the handlers run on. So: what the user has set, else `node`
 * as a terminal would find it, and only where that is missing or too old the editor's own.
 * @throws UnusableNode when the chosen one does not run or is too old
 */
export async function chooseNode(candidates: NodeCandidates): Promise<NodeRuntime> {
  if (candidates.setting !== '') {
    return { ...(await usable(candidates.setting)), why: 'the setting eventstoreProfiler.nodePath names it' };
  }
  try {
    return { ...(await usable('node')), why: 'it is the first on PATH' };
  } catch (error) {
    if (!(error instanceof UnusableNode)) throw error;
    const runtime = await usable(candidates.editor, { ELECTRON_RUN_AS_NODE: '1' });
    return { ...runtime, why: `it is the editor's own, because on PATH ${describe(error.problem)}` };
  }
}

const PROBE_TIMEOUT_MS = 10_000;
const run = promisify(execFile);

async function usable(command: string, env: Record<string, string> = {}): Promise<Omit<NodeRuntime, 'why'>> {
  const version = await versionOf(command, env);
  if (!/^\d+\.\d+\.\d+/.test(version)) throw new UnusableNode(command, { kind: 'not-node' });
  if (isOlder(version, OLDEST_NODE)) {
    throw new UnusableNode(command, { kind: 'too-old', version, wanted: OLDEST_NODE });
  }
  return { command, version, env };
}

async function versionOf(command: string, env: Record<string, string>): Promise<string> {
  try {
    const options = { timeout: PROBE_TIMEOUT_MS, env: { ...process.env, ...env } };
    const { stdout } = await run(command, ['-p', 'process.versions.node'], options);
    return stdout.trim();
  } catch (error) {
    throw new UnusableNode(command, { kind: 'not-node' }, error);
  }
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0;
}

function describe(problem: NodeProblem): string {
  return problem.kind === 'too-old' ? `is only ${problem.version}` : 'is none';
}
