import type { ServerClient } from '../../server/protocol/client.ts';
import { explainText } from '../../server/protocol/plan-text.ts';
import type { Run } from '../../server/protocol/run.ts';
import { element } from '../element.ts';
import { titleOf } from './run-title.ts';
import { saveMenu } from './save-menu.ts';
import { planFiles } from './saved-files.ts';

/** A plan as text. */
export async function planWords(client: ServerClient, run: Run, signal: AbortSignal): Promise<HTMLElement[]> {
  const result = await client.result(run.id, { signal });
  if (result.kind !== 'explain') return [];
  const menu = saveMenu(planFiles({ run: run.id, result }));
  const of = element('a', {
    text: 'Profile that the statement is of',
    attributes: { href: `#run=${encodeURIComponent(result.run)}` },
  });
  return [
    element('h2', { class: 'run-report-title', text: titleOf(run) }),
    element('div', { class: 'run-report-links' }, of, ...(menu === null ? [] : [menu])),
    element('pre', { class: 'run-report is-plan', text: explainText(result) }),
  ];
}
