import type { RunRequest } from '../protocol/run.ts';
import { checkExampleInput } from '../workload/check-example-input.ts';
import { EXAMPLE_HANDLERS } from '../workload/example-handler-list.ts';
import { UnknownHandlerError } from '../workload/unknown-handler-error.ts';

/**
 * What the schema of a request cannot know: which handlers there are, and which inputs they take.
 * @throws UnknownHandlerError, InvalidInputError
 */
export function checkRequest(request: RunRequest): void {
  if (request.kind !== 'profile') return;
  const names = EXAMPLE_HANDLERS.map((handler) => handler.name);
  if (!names.includes(request.handler)) throw new UnknownHandlerError(request.handler, names);
  if (request.input !== undefined) checkExampleInput(request.handler, request.input);
}
