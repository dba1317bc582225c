import path from 'node:path';
import { describeError } from '../lib/describe-error.ts';
import { writeFileAtomically } from '../lib/write-file-atomically.ts';
import { checkRequest } from '../main/check-request.ts';
import { listedHandlers } from '../main/listed-handlers.ts';
import { workspaceAt } from '../main/workspace.ts';
import type { ServerClient } from '../protocol/client.ts';
import type { HandlerInfo } from '../protocol/handler-info.ts';
import { decodeProfile } from '../protocol/profile/decode-profile.ts';
import type { ProfileResult, Run } from '../protocol/run.ts';
import { checkOutFile } from './check-out-file.ts';
import { costLines } from './cost-lines.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { type ProfileValues, profileRequestOf } from './option-values.ts';
import { profileReport } from './profile-report.ts';
import { ProgressLine } from './progress-line.ts';
import { runToEnd } from './run-to-end.ts';
import { statementLines } from './statement-lines.ts';
import { StopByHand } from './stop-by-hand.ts';
import { toolLines, viewerFileOf } from './tool-lines.ts';
import { type ServerChoice, withServer } from './with-server.ts';
import { readWorkspaceConfig } from './workspace-config.ts';

export interface ProfileOptions extends ServerChoice, ProfileValues {
  /** File for the profile in the format of V8. */
  readonly out?: string;
  /** Write over a file that is there. */
  readonly force: boolean;
  /** Show the profiler's own functions too. */
  readonly withProfiler: boolean;
  /** Print the result as JSON instead of tables. */
  readonly json: boolean;
}

/** `profile <handler>`: one run down the same road as the page's. @throws UsageError, UnknownHandlerError, InvalidInputError, ServerRequestError, CancelledError */
export async function profileCommand(handler: string, options: ProfileOptions): Promise<ExitCode> {
  const config = await readWorkspaceConfig(options);
  const request = profileRequestOf(handlerNamed(handler, listedHandlers(config)), options);
  // Before a server is started and its store filled for nothing.
  checkRequest(request, config);
  if (options.out !== undefined) await checkOutFile(options.out, options.force);
  const progress = new ProgressLine(process.stderr);
  using byHand = new StopByHand();
  const softInterrupt = () => byHand.interrupted();
  try {
    await withServer({ ...options, softInterrupt }, progress, async (client, signal) => {
      const recording = (id: string) => {
        if (request.stop === undefined || request.stop.kind === 'iterations') return;
        progress.note('Press Enter or Ctrl+C to stop and keep what was recorded.');
        const tell = (error: unknown) => progress.note(describeError(error).message);
        byHand.arm(() => void client.stopRun(id).catch(tell));
      };
      const run = await runToEnd(client, request, { signal, progress, recording });
      progress.clear();
      await report(client, run, options);
    });
    return EXIT.ok;
  } finally {
    progress.clear();
  }
}

/** The name as the list spells it; as it was typed where no handler has it, so that the check tells what there is. */
function handlerNamed(typed: string, handlers: readonly HandlerInfo[]): string {
  const names = handlers.map(({ name }) => name);
  if (names.includes(typed)) return typed;
  const alike = names.filter((name) => name.toLowerCase() === typed.toLowerCase());
  return alike.length === 1 ? (alike[0] ?? typed) : typed;
}

async function report(client: ServerClient, { id }: Run, options: ProfileOptions): Promise<void> {
  const result = await client.result(id);
  if (result.kind !== 'profile') throw new TypeError('The result is none of a profile');
  const folder = path.join(workspaceAt(options.workspace).runs, id);
  const name = viewerFileOf(result);
  const kept = path.join(folder, name);
  const fault = await writeOut(client, { id, name }, options.out);
  const file = options.out === undefined || fault ? kept : options.out;
  // Also when the file could not be written: the run is done and its result is known.
  console.log(
    options.json
      ? JSON.stringify({ run: id, file, ...result }, null, 2)
      : await tables(client, id, { result, folder, options }),
  );
  console.error(`${file === kept ? 'Kept' : 'Written'}: ${file}`);
  if (fault) throw fault.error;
}

async function writeOut(
  client: ServerClient,
  { id, name }: { readonly id: string; readonly name: string },
  out: string | undefined,
): Promise<{ readonly error: unknown } | undefined> {
  if (out === undefined) return undefined;
  try {
    await writeFileAtomically(out, new Uint8Array(await client.artifact(id, name)));
    return undefined;
  } catch (error) {
    return { error };
  }
}

interface Told {
  readonly result: ProfileResult;
  /** Of the run. */
  readonly folder: string;
  readonly options: ProfileOptions;
}

async function tables(client: ServerClient, id: string, { result, folder, options }: Told): Promise<string> {
  const report = profileReport(result, decodeProfile(await client.profile(id)), options.withProfiler);
  return [
    report,
    ...toolLines(result, folder),
    ...statementLines(id, result, options.verbose),
    ...costLines(result, 'the operations'),
  ].join('\n\n');
}
