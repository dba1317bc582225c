import { ConfigError } from '../config/config-error.ts';
import type { WorkspaceConfig } from '../config/read-config.ts';
import { InvalidSettingError } from '../handling/retrying/invalid-setting-error.ts';
import type { ErrorDescription } from '../lib/describe-error.ts';
import { parseAttachTarget } from '../profiling/attach/attach-target.ts';
import { checkReachable } from '../profiling/attach/check-reachable.ts';
import type { AttachTarget } from '../protocol/attach-target.ts';
import type { RunRequest } from '../protocol/run.ts';
import { checkExampleInput } from '../workload/check-example-input.ts';
import { UnknownHandlerError } from '../workload/unknown-handler-error.ts';
import { listedHandlers } from './listed-handlers.ts';

/**
 * What the schema of a request cannot know: which handlers there are, which inputs they take, and which processes run.
 * @throws UnknownHandlerError, InvalidInputError, ConfigError, InvalidSettingError, AttachError
 */
export function checkRequest(request: RunRequest, config: WorkspaceConfig | undefined): void {
  if (request.kind === 'attach') checkProcess(parseAttachTarget(request.target));
  if (request.kind !== 'profile') return;
  const handlers = listedHandlers(config);
  const handler = handlers.find(({ name }) => name === request.handler);
  if (handler === undefined) {
    // Whoever asks for a handler of the file wants to know what is wrong with it, not that it is unknown.
    if (config?.fault) throw asError(config.fault);
    const names = handlers.map(({ name }) => name);
    throw new UnknownHandlerError(request.handler, names);
  }
  if (handler.fault) throw asError(handler.fault);
  if (handler.origin === 'own') refuseSnapshots(request);
  else if (request.input !== undefined) checkExampleInput(request.handler, request.input);
}

/** A mistyped process id is told at once; what else can be wrong is found out by whoever attaches. */
function checkProcess(target: AttachTarget): void {
  if (target.kind === 'pid') checkReachable(target.pid);
}

function refuseSnapshots({ handler, snapshots }: Extract<RunRequest, { kind: 'profile' }>): void {
  if (snapshots === 'off') return;
  throw new InvalidSettingError(
    `Snapshots are kept for the example handlers only; ${handler} is one of your own.`,
    {
      advice: 'Turn snapshots off. What your handler keeps from call to call is its own affair.',
      field: 'snapshots',
    },
  );
}

function asError({ code, message, advice, field }: ErrorDescription): ConfigError {
  return new ConfigError(code, message, {
    ...(advice !== undefined && { advice }),
    ...(field !== undefined && { field }),
  });
}
