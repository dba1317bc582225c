import type { PlanNode } from './statement-plan.ts';

/** All nodes of a plan, a parent before its children. */
export function planNodes(plan: PlanNode): PlanNode[] {
  const nodes: PlanNode[] = [];
  const pending = [plan];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    nodes.push(node);
    pending.push(...node.children.toReversed());
  }
  return nodes;
}

/** Whether a node of this type writes what the nodes below it have found. */
export function changesRows(type: string): boolean {
  return ['Insert', 'Update', 'Delete', 'Merge'].includes(type);
}

/** `Bitmap Index Scan on events_payload_idx`, `Seq Scan on events`, `Sort`. */
export function planNodeName({ type, relation, index }: PlanNode): string {
  if (index !== undefined && relation === undefined) return `${type} on ${index}`;
  const by = index === undefined ? '' : ` using ${index}`;
  return relation === undefined ? `${type}${by}` : `${type}${by} on ${relation}`;
}
