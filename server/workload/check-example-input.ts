import type * as z from 'zod';
import { InvalidInputError, parseInput } from '../handling/input/parse-input.ts';
import { COMMAND_SCHEMAS, parseCommandInput, QUERY_SCHEMAS, type Stamp } from './example-input-schemas.ts';

/**
 * Whether the input that a request brings is one of that handler, before anything is started for it. A handler that is
 * unknown here is somebody else's to check.
 * @throws InvalidInputError whose `field` is such as `input.readerID`
 */
export function checkExampleInput(handler: string, input: unknown): void {
  const query = queries.get(handler);
  const command = commands.get(handler);
  try {
    if (query) parseInput(query, input, handler);
    if (command) parseCommandInput(command, input, { handler, stamp });
  } catch (error) {
    throw error instanceof InvalidInputError ? withinRequest(error) : error;
  }
}

const queries: ReadonlyMap<string, z.ZodType> = new Map(Object.entries(QUERY_SCHEMAS));
const commands: ReadonlyMap<string, z.ZodType<Stamp>> = new Map(Object.entries(COMMAND_SCHEMAS));

/** Any: the run stamps the input anew. */
const stamp: Stamp = {
  occurredAt: new Date(0),
  metadata: { MessageID: 'message', CausationID: 'cause', CorrelationID: 'conversation' },
};

function withinRequest({ message, advice, field, cause }: InvalidInputError): InvalidInputError {
  return new InvalidInputError(message, {
    field: field === undefined ? 'input' : `input.${field}`,
    ...(advice !== undefined && { advice }),
    cause,
  });
}
