import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { adviseOnPlan } from '../../server/profiling/plans/advise-on-plan.ts';
import { ginSentence } from '../../server/profiling/plans/gin-sentence.ts';
import { type ReadPlan, readPlan } from '../../server/profiling/plans/read-plan.ts';
import { planNodeName, planNodes } from '../../server/protocol/plan-nodes.ts';
import type { PlanTable } from '../../server/protocol/statement-plan.ts';

// Written by PostgreSQL 18.4, of tables of 50,000 events, 40,000 orders, 2,000 customers and 51,991 carts.
const SAMPLES = path.join(import.meta.dirname, 'samples/plans');

function captured(name: string): ReadPlan {
  return readPlan(JSON.parse(readFileSync(path.join(SAMPLES, `${name}.json`), 'utf8')));
}

const index = (name: string, method = 'btree', definition = '') => ({ name, method, definition });
const events: PlanTable = {
  schema: 'public',
  name: 'events',
  rows: 50_000,
  indexes: [
    index('events_payload_idx', 'gin', 'USING gin (((payload)::jsonb) jsonb_path_ops)'),
    index('events_pkey'),
    index('events_type_idx'),
  ],
};
const orders: PlanTable = { schema: 'public', name: 'orders', rows: 40_000, indexes: [index('orders_pkey')] };
const customers: PlanTable = {
  schema: 'public',
  name: 'customers',
  rows: 2_000,
  indexes: [index('customers_city')],
};
const carts: PlanTable = {
  schema: 'public',
  name: 'carts',
  rows: 51_991,
  indexes: [index('carts_items', 'gin')],
};
const tables = [events, orders, customers, carts];

function adviceOn(name: string): string[] {
  return adviseOnPlan(captured(name).plan, tables).map(
    ({ kind, message, advice }) => `${kind}: ${message} ${advice}`,
  );
}

test('a plan is read with its nodes, figures and conditions', () => {
  const { plan, planningMicros, executionMicros } = captured('gin-used');
  assert.deepEqual(planNodes(plan).map(planNodeName), [
    'Bitmap Heap Scan on events',
    'Bitmap Index Scan on events_payload_idx',
  ]);
  assert.ok(planningMicros > 0 && executionMicros > 0);
  const [heap, scan] = planNodes(plan);
  assert.equal(heap?.measured?.rows, 10);
  assert.equal(scan?.measured?.rows, 10);
  assert.match(scan?.conditions[0]?.text ?? '', /@> '\{"BookID":\s*"b7"\}'::jsonb/);
  assert.ok((heap?.measured?.blocks.hit ?? 0) >= (scan?.measured?.blocks.hit ?? 0));
});

test('times of a node that was executed again and again are those of all its loops', () => {
  const nodes = planNodes(captured('nested-loop').plan);
  const inner = nodes.find(({ relation }) => relation === 'orders');
  assert.equal(inner?.measured?.loops, 40);
  assert.equal(inner?.measured?.rows, 40);
  const outer = nodes[0]?.measured;
  assert.ok(outer && inner?.measured && outer.totalMicros >= inner.measured.totalMicros);
});

test('the times of nodes themselves add up to the time of the plan', () => {
  for (const name of [
    'gin-used',
    'broad-filter',
    'missing-index',
    'nested-loop',
    'update',
    'lossy',
    'with-cte',
    'never-executed',
  ]) {
    const { plan } = captured(name);
    const self = planNodes(plan).reduce((sum, { measured }) => sum + (measured?.selfMicros ?? 0), 0);
    const total = plan.measured?.totalMicros ?? 0;
    assert.ok(Math.abs(self - total) <= Math.max(2, total * 0.01), `${name}: ${self} of ${total}`);
  }
});

const step = (type: string, millis: number, more: object = {}, ...Plans: object[]) => ({
  'Node Type': type,
  'Actual Rows': 1,
  'Actual Loops': 1,
  'Actual Total Time': millis,
  ...more,
  Plans,
});
const ofInit = (name: string) => ({ 'Parent Relationship': 'InitPlan', 'Subplan Name': name });

/** Microseconds of each node by itself, in the order of the plan. */
function selfTimes(plan: ReadPlan): (readonly [name: string, micros: number])[] {
  return planNodes(plan.plan).map((node) => [
    planNodeName(node),
    Math.round(node.measured?.selfMicros ?? -1),
  ]);
}

test('a common table expression takes its time from the scan that had it executed', () => {
  assert.deepEqual(selfTimes(captured('with-cte')), [
    ['Aggregate', 8_531],
    ['Seq Scan on orders', 7_290],
    ['Hash Join', 18_402],
    ['CTE Scan on big', 2_325],
    ['Hash', 11_898],
    ['CTE Scan on big', 13_856],
  ]);
});

test('a common table expression that is read within another takes its time from there', () => {
  const scan = (cte: string, millis: number) => step('CTE Scan', millis, { 'CTE Name': cte });
  const plan = step(
    'Sort',
    10,
    {},
    step('Seq Scan', 4, ofInit('CTE a')),
    step('Aggregate', 7, ofInit('CTE b'), scan('a', 5)),
    scan('b', 8),
  );
  assert.deepEqual(
    selfTimes(readPlan([{ Plan: plan }])).map(([, micros]) => micros),
    [2_000, 4_000, 2_000, 1_000, 1_000],
  );
});

test('changes that nobody reads take no time from the steps of the query', () => {
  const plan = step('Result', 1, {}, step('ModifyTable', 5, { ...ofInit('CTE gone'), Operation: 'Delete' }));
  assert.deepEqual(selfTimes(readPlan([{ Plan: plan }])), [
    ['Result', 1_000],
    ['Delete', 5_000],
  ]);
});

for (const [name, asked] of [
  ['InitPlan 1', '(n > (InitPlan 1).col1)'],
  ['InitPlan 1 (returns $0)', '(n > $0)'],
] as const) {
  test(`a sub-plan that is executed once takes its time from the step that asked for it: ${name}`, () => {
    const plan = step(
      'Limit',
      20,
      { Output: [asked] },
      step('Aggregate', 6, ofInit(name), step('Seq Scan', 5)),
      step('Sort', 18, {}, step('Seq Scan', 15, { Filter: asked })),
    );
    assert.deepEqual(
      selfTimes(readPlan([{ Plan: plan }])).map(([, micros]) => micros),
      [2_000, 1_000, 5_000, 3_000, 9_000],
    );
  });
}

test('what is evaluated before parallel workers begin is of the step that begins them, and not shared by them', () => {
  const uses = { Filter: '(n > (InitPlan 1).col1)' };
  const plan = step(
    'Gather',
    20,
    { 'Workers Launched': 1, 'Params Evaluated': ['(InitPlan 1).col1'] },
    step('Result', 6, ofInit('InitPlan 1')),
    step('Seq Scan', 12, { ...uses, 'Actual Loops': 2 }),
  );
  assert.deepEqual(
    selfTimes(readPlan([{ Plan: plan }])).map(([, micros]) => micros),
    [2_000, 6_000, 12_000],
  );
});

test('a sub-plan for each row takes its time from the step below which it stands, over all its loops', () => {
  const sub = { 'Parent Relationship': 'SubPlan', 'Subplan Name': 'SubPlan 1', 'Actual Loops': 10 };
  const plan = step('Seq Scan', 9, { Filter: '((SubPlan 1) > 0)' }, step('Index Scan', 0.6, sub));
  assert.deepEqual(
    selfTimes(readPlan([{ Plan: plan }])).map(([, micros]) => micros),
    [3_000, 6_000],
  );
});

test('workers that scan at the same time count their time once and their rows each', () => {
  const { plan } = captured('parallel');
  const scan = planNodes(plan).find(({ type }) => type === 'Seq Scan');
  assert.ok(scan?.measured);
  // Each of the workers' means is rounded.
  assert.ok(Math.abs(scan.measured.rows + scan.measured.removedByFilter - 40_000) <= 3);
  assert.ok(scan.measured.totalMicros <= (plan.measured?.totalMicros ?? 0) * 1.01);
  assert.match(adviceOn('parallel').join(), /^missing-index: All 40,00\d rows/);
});

test('a node that was never executed has no time, and is no ground for advice', () => {
  const never = planNodes(captured('never-executed').plan).filter(({ measured }) => measured?.loops === 0);
  assert.ok(never.length > 0);
  assert.ok(never.every(({ measured }) => measured?.totalMicros === 0));
  assert.deepEqual(adviceOn('never-executed'), []);
});

test('a plan that was only estimated has no measured figures, and is no ground for advice', () => {
  const { plan } = captured('estimated');
  assert.ok(planNodes(plan).every(({ measured }) => measured === undefined));
  assert.ok(plan.rowsEstimated > 0 && plan.cost > 0);
  assert.deepEqual(adviceOn('estimated'), []);
});

test('what is no plan is refused', () => {
  for (const json of [undefined, [], [{}], [{ Plan: { 'Node Type': 7 } }], 'Seq Scan on events']) {
    assert.throws(() => readPlan(json), { name: /ZodError|\$ZodError/ });
  }
});

test('whether the GIN index was used is said in a sentence', () => {
  const sentence = (name: string) => ginSentence(captured(name).plan, tables);
  assert.equal(
    sentence('gin-used'),
    'The GIN index events_payload_idx of events was used, and gave 10 rows.',
  );
  assert.equal(
    sentence('gin-unused'),
    'The GIN index events_payload_idx of events was not used. events was read by Seq Scan.',
  );
  assert.equal(
    sentence('broad-filter'),
    'The GIN index events_payload_idx of events was not used. events was read by Index Scan with events_pkey.',
  );
  assert.equal(
    ginSentence(captured('missing-index').plan, [orders]),
    'No GIN index was used: orders has none.',
  );
  assert.equal(ginSentence(captured('missing-index').plan, []), undefined);
});

test('of a plan that only writes to a table no sentence says that it was read', () => {
  const into = (...Plans: object[]) =>
    readPlan([
      {
        Plan: {
          'Node Type': 'ModifyTable',
          Operation: 'Insert',
          Schema: 'public',
          'Relation Name': 'events',
          Plans,
        },
      },
    ]).plan;
  assert.equal(ginSentence(into({ 'Node Type': 'Result' }), tables), undefined);
  const reading = { 'Node Type': 'Seq Scan', Schema: 'public', 'Relation Name': 'events' };
  assert.match(ginSentence(into(reading), tables) ?? '', /events was read by Seq Scan\.$/);
});

test('a GIN index that would have led to the few rows found is missed', () => {
  assert.match(
    adviceOn('gin-unused').join(),
    /^unused-gin: All 50,000 rows of events were read \(it has 50,000\) to find 10 \(<0\.1 %\)\. The GIN index events_payload_idx could have found them and was not used\. Execute ANALYZE events/,
  );
  assert.deepEqual(adviceOn('gin-used'), []);
});

test('a filter that matches a large share of the table is called broad, with the share', () => {
  assert.match(
    adviceOn('broad-filter').join(),
    /^broad-filter: The filter matches 15,000 of the 50,000 rows of events \(30\.0 %\)\. Ask for less/,
  );
});

test('a missing index is told with the rows that were read for nothing', () => {
  const [advice] = adviseOnPlan(captured('missing-index').plan, tables);
  assert.equal(advice?.kind, 'missing-index');
  assert.equal(advice.rowsRead, 40_000);
  assert.equal(advice.rowsRemoved, 39_980);
  assert.equal(advice.tableRows, 40_000);
  assert.match(
    advice.message,
    /^All 40,000 rows of orders were read .* to find 20 \(0\.1 %\)\. No index led/,
  );
  assert.match(advice.advice, /^Create an index on orders for the condition .*customer = 'c7'/);
});

test('a filter behind an index that throws nearly everything away is told', () => {
  assert.match(
    adviceOn('late-filter').join(),
    /^late-filter: The index gave 15,000 rows of events, and the filter .* threw 15,000 of them away \(100\.0 %\)/,
  );
});

test('rows that an index gave and that did not match when looked at are told', () => {
  assert.match(
    adviceOn('lossy').join(),
    /^lossy-recheck: The index gave 12,000 rows of carts, and 12,000 of them \(100\.0 %\) did not match/,
  );
});

test('statistics that lag behind do not make a filter seem broader than it is', () => {
  const stale = { ...orders, rows: 10 };
  assert.equal(adviseOnPlan(captured('missing-index').plan, [stale])[0]?.tableRows, 40_000);
});
