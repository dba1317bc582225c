import { amount, counted, millis, percent } from './figures.ts';
import { planNodeName } from './plan-nodes.ts';
import type { ExplainedStatement, ExplainResult, PlanNode } from './statement-plan.ts';

/** A plan and what it says, as text for a font of fixed width. */
export function explainText(result: ExplainResult): string {
  const { label, run, callMicros, statements } = result;
  const head = `${label}\nrun ${run}, with the values of its slowest call, which took ${millis(callMicros)} ms`;
  return [head, ...statements.map(statementText)].join('\n\n');
}

/** The statements with estimates alone. */
export function unexecutedOf({ statements }: ExplainResult): readonly ExplainedStatement[] {
  return statements.filter(({ plan, isAnalyzed }) => plan !== undefined && !isAnalyzed);
}

function statementText(explained: ExplainedStatement): string {
  const { text, plan, notes, advice, settings } = explained;
  const changed = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return [
    shortened(text),
    '',
    ...(plan === undefined
      ? []
      : [timesOf(explained), ...nodeLines(plan, totalOf(plan), { line: '', below: '' }), '']),
    ...notes,
    ...(changed.length === 0 ? [] : [`Settings: ${changed.join(', ')}`]),
    ...advice.map((found) => `! ${found.message}\n  ${found.advice}`),
  ]
    .join('\n')
    .trimEnd();
}

const LONGEST_TEXT = 1_000;

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT).toWellFormed()}…` : line;
}

function timesOf({ isAnalyzed, planKind, planningMicros, executionMicros }: ExplainedStatement): string {
  if (!isAnalyzed) return `${planKind} plan, not executed`;
  return `${planKind} plan: planned in ${millis(planningMicros)} ms, executed in ${millis(executionMicros)} ms`;
}

function totalOf({ measured }: PlanNode): number {
  return measured?.totalMicros ?? 0;
}

interface Indent {
  readonly line: string;
  readonly below: string;
}

function nodeLines(node: PlanNode, total: number, indent: Indent): string[] {
  const { children, conditions } = node;
  const bar = children.length > 0 ? '│ ' : '  ';
  return [
    `${indent.line}${roleOf(node)}${planNodeName(node)}  ${figuresOf(node, total)}`,
    ...conditions.map(({ name, text }) => `${indent.below}${bar}${name}: ${text}`),
    ...removedLines(node).map((line) => `${indent.below}${bar}${line}`),
    ...children.flatMap((child, at) => {
      const isLast = at === children.length - 1;
      const line = `${indent.below}${isLast ? '└─ ' : '├─ '}`;
      return nodeLines(child, total, { line, below: `${indent.below}${isLast ? '   ' : '│  '}` });
    }),
  ];
}

/** Children that every reader expects have no word of their own. */
function roleOf({ role }: PlanNode): string {
  return role === undefined || /^(Outer|Inner|Member)$/.test(role) ? '' : `${role}: `;
}

function figuresOf({ measured, rowsEstimated, cost }: PlanNode, total: number): string {
  if (measured === undefined) return `about ${counted(rowsEstimated, 'row')}, cost ${amount(cost)}`;
  if (measured.loops === 0) return 'never executed';
  const { totalMicros, selfMicros, rows, loops, blocks } = measured;
  const share = total > 0 ? ` ${percent(selfMicros / total)}` : '';
  const estimated = rowsEstimated * loops;
  return [
    `${millis(totalMicros)} ms (self ${millis(selfMicros)}${share})`,
    `${counted(rows, 'row')} (estimated ${amount(estimated)})`,
    ...(loops > 1 ? [`${amount(loops)} loops`] : []),
    `blocks ${amount(blocks.hit)} hit, ${amount(blocks.read)} read`,
    ...(blocks.spilled > 0 ? [`${amount(blocks.spilled)} blocks spilled to disk`] : []),
  ].join(', ');
}

function removedLines({ measured }: PlanNode): string[] {
  if (measured === undefined) return [];
  const { removedByFilter, removedByRecheck, removedByJoin } = measured;
  return [
    ...(removedByFilter > 0 ? [`Rows removed by the filter: ${amount(removedByFilter)}`] : []),
    ...(removedByRecheck > 0 ? [`Rows removed by the recheck: ${amount(removedByRecheck)}`] : []),
    ...(removedByJoin > 0 ? [`Rows removed by the join's filter: ${amount(removedByJoin)}`] : []),
  ];
}
