import type { ServerClient } from '../../server/protocol/client.ts';
import { ServerRequestError } from '../../server/protocol/server-request-error.ts';
import type { ExplainRequest } from '../../server/protocol/statement-plan.ts';
import type { ExplainedRun } from './statement-row.ts';

/** Has the server explain a statement of a run, and waits for it. @throws ServerRequestError */
export async function explainByServer(
  client: ServerClient,
  order: Pick<ExplainRequest, 'run' | 'statement' | 'analyze'>,
  signal: AbortSignal,
): Promise<ExplainedRun> {
  const { id } = await client.createRun({ kind: 'explain', ...order }, { signal });
  for await (const event of client.followRun(id, { signal })) {
    if (event.type !== 'done') continue;
    if (event.run.state === 'succeeded') break;
    throw new ServerRequestError(event.run.error ?? { code: 'cancelled', message: 'It was cancelled.' }, 0);
  }
  const result = await client.result(id, { signal });
  if (result.kind !== 'explain') throw new TypeError('The result is none of a plan');
  return { run: id, result };
}
