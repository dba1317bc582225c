import { amount, counted, percent } from '../../protocol/figures.ts';
import { planNodes } from '../../protocol/plan-nodes.ts';
import type { Measured, PlanAdvice, PlanNode, PlanTable } from '../../protocol/statement-plan.ts';

/** Of a table's rows: a filter that matches more saves little against reading all. */
const BROAD = 0.2;
/** Of the rows read: when more are thrown away, an index would have spared most of the work. */
const MOSTLY_REMOVED = 0.9;
/** Below so many rows reading all of them is as quick as any index. */
const LARGE = 10_000;
/** Below so many rows a scan is no matter, whatever it throws away. */
const WORTH_WORDS = 1_000;

interface Scan {
  readonly node: PlanNode;
  readonly measured: Measured;
  readonly table: PlanTable;
  /** Rows that were looked at in one loop, and those of them that matched. */
  readonly read: number;
  readonly matched: number;
  /** As counted by PostgreSQL's statistics, which lag behind: at least what was read. */
  readonly tableRows: number;
}

/**
 * What the measured figures of a plan say about its filters and indexes. Empty for a plan that was not executed: estimates
 * are no ground for advice.
 */
export function adviseOnPlan(plan: PlanNode, tables: readonly PlanTable[]): PlanAdvice[] {
  return planNodes(plan)
    .flatMap((node) => scanOf(node, tables))
    .flatMap((scan) => {
      const first = RULES.map((rule) => rule(scan)).find((advice) => advice !== undefined);
      return first === undefined ? [] : [first];
    });
}

function scanOf(node: PlanNode, tables: readonly PlanTable[]): Scan[] {
  const table = tables.find(
    ({ name, schema }) => name === node.relation && schema === (node.schema ?? schema),
  );
  const { measured } = node;
  if (table === undefined || measured === undefined || measured.loops === 0) return [];
  const matched = measured.rows / measured.loops;
  const removed = (measured.removedByFilter + measured.removedByRecheck) / measured.loops;
  const read = matched + removed;
  return [{ node, measured, table, read, matched, tableRows: Math.max(table.rows, read) }];
}

type Rule = (scan: Scan) => PlanAdvice | undefined;

const unusedGin: Rule = (scan) => {
  const { node, table, read, matched } = scan;
  const gin = table.indexes.find(({ method }) => method === 'gin');
  const asksForContents = conditionsOf(node).some((text) => /@>|@@|@\?|\?[|&]?/.test(text));
  if (!isFullScan(node) || gin === undefined || !asksForContents) return undefined;
  if (read < LARGE || matched > read * (1 - MOSTLY_REMOVED)) return undefined;
  return told('unused-gin', scan, {
    message: `${rowsWords(scan)} The GIN index ${gin.name} could have found them and was not used.`,
    advice: `Execute ANALYZE ${table.name}, so that PostgreSQL knows how few rows match. If that does not help, write the condition in the form of the index: ${gin.definition}.`,
  });
};

const missingIndex: Rule = (scan) => {
  const { node, table, read, matched } = scan;
  if (!isFullScan(node) || read < LARGE || matched > read * (1 - MOSTLY_REMOVED)) return undefined;
  const condition = conditionsOf(node)[0] ?? '';
  return told('missing-index', scan, {
    message: `${rowsWords(scan)} No index led to them.`,
    advice: `Create an index on ${table.name} for the condition ${condition}.`,
  });
};

const broadFilter: Rule = (scan) => {
  const { node, table, matched, tableRows } = scan;
  if (conditionsOf(node).length === 0 || tableRows < WORTH_WORDS || matched <= tableRows * BROAD)
    return undefined;
  return told('broad-filter', scan, {
    message: `The filter matches ${amount(matched)} of the ${counted(tableRows, 'row')} of ${table.name} (${percent(matched / tableRows)}).`,
    advice:
      'Ask for less: fewer event types, a condition on the contents, or only what is newer than a snapshot.',
  });
};

const lateFilter: Rule = (scan) => {
  const { node, table, measured, read } = scan;
  const removed = measured.removedByFilter / measured.loops;
  if (isFullScan(node) || read < WORTH_WORDS || removed < read * MOSTLY_REMOVED) return undefined;
  const filter = node.conditions.find(({ name }) => name === 'Filter')?.text ?? '';
  return told('late-filter', scan, {
    message: `The index gave ${counted(read, 'row')} of ${table.name}, and the filter ${filter} threw ${amount(removed)} of them away (${percent(removed / read)}).`,
    advice: `Put what the filter asks for into the index, or make an index on ${table.name} for it.`,
  });
};

const lossyRecheck: Rule = (scan) => {
  const { measured, table, read } = scan;
  const removed = measured.removedByRecheck / measured.loops;
  if (read < WORTH_WORDS || removed < read * MOSTLY_REMOVED) return undefined;
  return told('lossy-recheck', scan, {
    message: `The index gave ${counted(read, 'row')} of ${table.name}, and ${amount(removed)} of them (${percent(removed / read)}) did not match when they were looked at.`,
    advice: 'Raise work_mem if the bitmap did not fit into it; a condition on rarer contents helps as well.',
  });
};

/** The first that applies to a scan speaks: the others would blame the same rows again. */
const RULES: readonly Rule[] = [unusedGin, missingIndex, lateFilter, lossyRecheck, broadFilter];

function isFullScan({ type }: PlanNode): boolean {
  return type === 'Seq Scan';
}

function conditionsOf({ conditions }: PlanNode): string[] {
  return conditions.filter(({ name }) => /Filter|Cond/.test(name)).map(({ text }) => text);
}

function rowsWords({ table, read, matched, tableRows }: Scan): string {
  return `All ${counted(read, 'row')} of ${table.name} were read (it has ${amount(tableRows)}) to find ${amount(matched)} (${percent(matched / read)}).`;
}

function told(
  kind: PlanAdvice['kind'],
  { table, read, matched, tableRows }: Scan,
  words: Pick<PlanAdvice, 'message' | 'advice'>,
): PlanAdvice {
  return { kind, table: table.name, ...words, rowsRead: read, rowsRemoved: read - matched, tableRows };
}
