import { configTemplate } from '../../../server/config/template/config-template.ts';
import { findCandidates } from '../../../server/config/template/find-candidates.ts';
import { workspaceWith } from './workspace-with.ts';

/** The reasons why the only handler of these sources stands in comments, or the expression of its input. */
export async function inputFrom(
  source: string,
  others: Readonly<Record<string, string>> = {},
): Promise<string | readonly string[]> {
  await using workspace = await workspaceWith({ ...others, 'src/handler.ts': source });
  const found = await findCandidates(workspace.path);
  const [candidate] = found.candidates;
  const { active } = configTemplate({ ...found, isInstalled: false });
  const { text = 'none', unknown } = candidate?.input ?? { unknown: ['no candidate'] };
  return active.length === 1 ? text : unknown;
}
