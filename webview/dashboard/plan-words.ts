import type { ServerClient } from '../../server/protocol/client.ts';
import { explainText } from '../../server/protocol/plan-text.ts';
import type { Run } from '../../server/protocol/run.ts';
import { element } from '../element.ts';
import { titleOf } from './run-title.ts';

/** A plan as text. */
export async function planWords(client: ServerClient, run: Run, signal: AbortSignal): Promise<HTMLElement[]> {
  const result = await client.result(run.id, { signal });
  if (result.kind !== 'explain') return [];
  return [
    element('h2', { class: 'run-report-title', text: titleOf(run) }),
    element('pre', { class: 'run-report', text: explainText(result) }),
  ];
}
