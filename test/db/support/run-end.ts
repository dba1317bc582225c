import type { ServerClient } from '../../../server/protocol/client.ts';
import type { Run } from '../../../server/protocol/run.ts';

/** Follows a run to its end; told each step that it takes. */
export async function runEnd(
  client: ServerClient,
  id: string,
  onStep: (step: string) => void = () => undefined,
): Promise<Run> {
  for await (const event of client.followRun(id)) {
    if (event.type === 'progress') onStep(event.step);
    if (event.type === 'done') return event.run;
  }
  throw new Error('The run has no end');
}
