import { counted } from '../../protocol/figures.ts';
import { changesRows, planNodes } from '../../protocol/plan-nodes.ts';
import type { PlanNode, PlanTable } from '../../protocol/statement-plan.ts';

/** Whether a GIN index led to the rows, in a sentence; undefined for a plan that reads none of the tables. */
export function ginSentence(plan: PlanNode, known: readonly PlanTable[]): string | undefined {
  const nodes = planNodes(plan).filter(({ type }) => !changesRows(type));
  const tables = known.filter(({ name, schema }) =>
    nodes.some((node) => node.relation === name && node.schema === schema),
  );
  if (tables.length === 0) return undefined;
  const gins = tables.flatMap(({ name, indexes }) =>
    indexes.filter(({ method }) => method === 'gin').map((index) => ({ index: index.name, table: name })),
  );
  const names = tables.map(({ name }) => name).join(', ');
  if (gins.length === 0)
    return `No GIN index was used: ${names} ${tables.length === 1 ? 'has' : 'have'} none.`;
  const used = gins.flatMap(({ index, table }) => {
    const node = nodes.find((candidate) => candidate.index === index);
    if (node === undefined) return [];
    const gave = node.measured ? `, and gave ${counted(node.measured.rows, 'row')}` : '';
    return [`The GIN index ${index} of ${table} was used${gave}.`];
  });
  if (used.length > 0) return used.join(' ');
  const [gin] = gins;
  const way = nodes.find(({ relation }) => relation === gin?.table);
  const by = way === undefined ? '' : ` ${gin?.table} was read by ${wayOf(way)}.`;
  return `The GIN index ${gin?.index} of ${gin?.table} was not used.${by}`;
}

function wayOf({ type, index, children }: PlanNode): string {
  const indexes = [index, ...children.map((child) => child.index)].filter(Boolean);
  return indexes.length === 0 ? type : `${type} with ${indexes.join(', ')}`;
}
