import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cutByPhase } from '../../server/profiling/phases/phase-cut.ts';
import { phaseTotals } from '../../server/profiling/phases/phase-totals.ts';
import { FOR_POSTGRES } from '../../server/profiling/phases/wait-nodes.ts';
import { splicePlan } from '../../server/profiling/plans/splice-plan.ts';
import { stacksToProfile } from '../../server/profiling/stacks-to-profile.ts';
import { normaliseStatement } from '../../server/profiling/statements/normalise-statement.ts';
import { withStatements } from '../../server/profiling/statements/operation-statements.ts';
import { shortenStatement } from '../../server/profiling/statements/shorten-statement.ts';
import { sqlTokens } from '../../server/profiling/statements/sql-tokens.ts';
import type { StatementEntry } from '../../server/profiling/statements/statement-entries.ts';
import { statementLabel } from '../../server/profiling/statements/statement-label.ts';
import type { OperationTrace, PhaseSpan } from '../../server/protocol/operation-trace.ts';
import { NO_PHASE, PHASES } from '../../server/protocol/phase.ts';
import { buildCallTree } from '../../server/protocol/profile/build-call-tree.ts';
import { BOX_KINDS, VIEWS, type View } from '../../server/protocol/profile/call-tree.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import type { PlanNode } from '../../server/protocol/statement-plan.ts';

const length = fc.double({ min: 0.05, max: 500, noNaN: true });
const gap = fc.oneof(fc.constant(0), length);

interface Operation {
  readonly trace: OperationTrace;
  readonly end: number;
}

/** An operation with phases one after the other, and gaps between them. */
const operations = fc
  .array(fc.tuple(gap, fc.constantFrom(...PHASES), length), { maxLength: 6 })
  .map((runs): Operation => {
    let now = 1000;
    const phases = runs.map(([pause, phase, durationMicros]): PhaseSpan => {
      const span = { phase, startMicros: now + pause, durationMicros };
      now += pause + durationMicros;
      return span;
    });
    const end = now + 50;
    return { trace: traceOf(phases, end), end };
  });

function traceOf(phases: PhaseSpan[], end: number): OperationTrace {
  return {
    handler: 'Loans',
    kind: 'query',
    iteration: 0,
    startMicros: 1000,
    durationMicros: end - 1000,
    phases,
    eventsReadByType: {},
    eventsAppended: 0,
    outcome: 'answered',
  };
}

/** Statements anywhere around the operation, at the same time or not. */
const stretches = fc.array(
  fc.record({ startMicros: fc.double({ min: 800, max: 4000, noNaN: true }), durationMicros: length }),
  { maxLength: 8 },
);

function entryOf(
  all: readonly { startMicros: number; durationMicros: number }[],
  label = 'SELECT 1',
): StatementEntry {
  const executions = all.map((stretch) => ({
    operation: 0,
    texts: [label],
    stretches: [stretch],
    rows: 1,
    isFailed: false,
  }));
  return { id: label, label, text: label, executions };
}

const sqlParts = fc.constantFrom(
  ...'\'"$ab1_;/*-\\\n ,(e?…'.split(''),
  "E'",
  'U&"',
  '$t$',
  '/*',
  '*/',
  '--',
  "''",
  '1e-5',
);

test('the tokens of any text add up to it, and what was normalised stays as it is', () => {
  fc.assert(
    fc.property(fc.array(sqlParts, { maxLength: 30 }), (parts) => {
      const text = parts.join('');
      assert.equal([...sqlTokens(text)].map((token) => token.text).join(''), text);
      const once = normaliseStatement(text);
      assert.equal(normaliseStatement(once), once);
    }),
    { numRuns: 2_000 },
  );
});

test('a label is as short as it has to be, and has no bracket without its other half', () => {
  const parts = fc.oneof(
    sqlParts,
    fc.constantFrom('(', ')', '[', ']', ' AND ', ' WHERE ', 'SELECT a FROM t ', 'column'),
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 60 }), fc.integer({ min: 40, max: 120 }), (given, longest) => {
      const label = shortenStatement(normaliseStatement(given.join('')), longest);
      assert.ok(label.length <= longest && label.isWellFormed(), label);
      const open: string[] = [];
      for (const { kind, text } of sqlTokens(label)) {
        if (kind !== 'sign') continue;
        if (text === '(' || text === '[') open.push(text);
        if (text === ')' || text === ']') assert.equal(open.pop(), text === ')' ? '(' : '[', label);
      }
      assert.deepEqual(open, [], label);
    }),
    { numRuns: 5_000 },
  );
});

/** Whatever may stand in brackets, in quotes and in lists: nothing in it is the statement's own verb, table or condition. */
const { nested } = fc.letrec<{ nested: string; word: string }>((tie) => ({
  word: fc.constantFrom(
    ...[
      'a',
      '$1',
      '?',
      '*',
      ',',
      'FROM x',
      'WHERE y',
      'DELETE FROM x',
      'UPDATE x',
      'INSERT INTO x',
      'FOR UPDATE',
    ],
    ...[
      'WITH x AS',
      'SELECT',
      'UNION',
      'IS DISTINCT FROM',
      '"from x where"',
      '"delete from x"',
      ';',
      'AS',
      'JOIN x',
    ],
  ),
  nested: fc
    .array(fc.oneof({ depthSize: 'small' }, tie('word'), tie('nested')), { maxLength: 5 })
    .map((parts) => `(${parts.join(' ')})`),
}));

/** What stands in a list of columns. */
const expression = fc.oneof(
  nested.map((text) => `f${text}`),
  nested.map((text) => `count(*) FILTER ${text}`),
  nested.map((text) => `a IS NOT DISTINCT FROM ${text}`),
  fc.constantFrom('"where"', '"delete from x"', 'a IS DISTINCT FROM b', 'a AS from', 'b AS where', 't.from'),
);

test('whatever is nested in a statement, its label tells its own verb, table and condition', () => {
  const lists = fc.array(expression, { minLength: 1, maxLength: 4 }).map((all) => all.join(', '));
  const begins = fc
    .array(nested, { maxLength: 2 })
    .map((all) =>
      all.map((query, at) => `${at === 0 ? 'WITH ' : ''}w${at} AS (SELECT ${query} FROM x)`).join(', '),
    );
  const ends = fc.constantFrom(
    '',
    'FOR UPDATE',
    'FOR UPDATE OF t SKIP LOCKED',
    'ORDER BY a',
    'GROUP BY "where"',
  );
  fc.assert(
    fc.property(begins, lists, nested, ends, (begin, list, condition, end) => {
      const query = (where: string) =>
        `${begin} SELECT ${list} FROM t JOIN v ON ${condition} ${where} ${end}`.trim();
      assert.equal(
        statementLabel(query('WHERE k = $1')),
        'SELECT … FROM t WHERE k = $1',
        query('WHERE k = $1'),
      );
      assert.equal(statementLabel(query('')), 'SELECT … FROM t', query(''));
      const changes: readonly [text: string, label: string][] = [
        [`${begin} UPDATE t SET a = ${condition}, b = ${list} WHERE k = $1`, 'UPDATE t WHERE k = $1'],
        [`${begin} DELETE FROM t USING x WHERE k = $1 RETURNING ${list}`, 'DELETE FROM t WHERE k = $1'],
        [`${begin} INSERT INTO t ${query('')} RETURNING ${list}`, 'INSERT INTO t'],
      ];
      for (const [text, label] of changes) assert.equal(statementLabel(text.trim()), label, text);
    }),
    { numRuns: 1_000 },
  );
});

test('phases for statements overlap nothing, stay in their operation, and leave its own phases as they are', () => {
  fc.assert(
    fc.property(operations, stretches, stretches, ({ trace, end }, statements, acquired) => {
      const waits = acquired.map((stretch) => ({ operation: 0, ...stretch }));
      const [observed] = withStatements([trace], [entryOf(statements)], waits);
      assert.ok(observed);
      // Refuses overlaps and what leaves its operation.
      const samples = { length: 0, time: new Float64Array(), node: new Uint32Array() };
      cutByPhase(samples, [observed], {
        span: { startMicros: 1000, endMicros: end },
        nodeOfRow: (node) => node,
      });
      for (const phase of trace.phases) assert.ok(observed.phases.includes(phase));
      const phased = observed.phases.reduce((sum, { durationMicros }) => sum + durationMicros, 0);
      assert.ok(phased <= trace.durationMicros + 0.01);
    }),
    { numRuns: 500 },
  );
});

test('all time of an operation without phases in which a statement was executed is sql_execute', () => {
  fc.assert(
    fc.property(stretches, (statements) => {
      const trace = traceOf([], 3000);
      const [observed] = withStatements([trace], [entryOf(statements)], []);
      const found = phaseTotals(observed ? [observed] : []).find(({ phase }) => phase === 'sql_execute');
      const expected = coveredBetween(statements, 1000, 3000);
      // Parts below a microsecond are left out.
      assert.ok(Math.abs((found?.totalMicros ?? 0) - expected) <= statements.length + 0.01);
    }),
    { numRuns: 500 },
  );
});

function coveredBetween(
  all: readonly { startMicros: number; durationMicros: number }[],
  from: number,
  to: number,
) {
  let covered = 0;
  let at = from;
  for (const { startMicros, durationMicros } of all.toSorted((a, b) => a.startMicros - b.startMicros)) {
    const end = Math.min(to, startMicros + durationMicros);
    covered += Math.max(0, end - Math.max(at, startMicros));
    at = Math.max(at, end);
  }
  return covered;
}

function step(type: string, selfMicros: number, children: PlanNode[]): PlanNode {
  return {
    type,
    conditions: [],
    rowsEstimated: 1,
    cost: 1,
    measured: {
      rows: 1,
      loops: 1,
      totalMicros: selfMicros,
      selfMicros,
      removedByFilter: 0,
      removedByRecheck: 0,
      removedByJoin: 0,
      blocks: { hit: 0, read: 0, spilled: 0 },
    },
    children,
  };
}

const types = fc.constantFrom('Sort', 'Seq Scan', 'Nested Loop');
const { node: plans } = fc.letrec<{ node: PlanNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.tuple(types, gap).map(([type, micros]) => step(type, micros, [])),
    fc.tuple(types, gap, fc.array(tie('node'), { maxLength: 3 })).map((parts) => step(...parts)),
  ),
}));

/** Idle samples at random moments of an operation that waits for PostgreSQL all along. */
const waits = fc.array(length, { minLength: 1, maxLength: 40 }).map((steps): Profile => {
  let now = 1000;
  const times = steps.map((step) => (now += step));
  const end = now + 10;
  const trace = traceOf([{ phase: 'sql_execute', startMicros: 1000, durationMicros: end - 1000 }], end);
  const statements = [{ label: 'SELECT 1', startMicros: 1000, durationMicros: end - 1000 }];
  const callFrame = (functionName: string) => ({
    functionName,
    scriptId: '0',
    url: '',
    lineNumber: -1,
    columnNumber: -1,
  });
  const stacks = {
    startMicros: 1000,
    endMicros: end,
    callFrames: [callFrame('(root)'), callFrame('(idle)'), callFrame('work')],
    nodes: { length: 3, parent: Int32Array.of(-1, 0, 0), frame: Uint32Array.of(0, 1, 2) },
    samples: {
      length: times.length,
      time: Float64Array.from(times),
      node: Uint32Array.from(times, (_, at) => (at % 3 === 2 ? 2 : 1)),
    },
    lineTicks: { length: 0, node: new Uint32Array(), line: new Uint32Array(), ticks: new Uint32Array() },
  };
  return stacksToProfile(stacks, { title: '', startedAt: '', traces: [{ ...trace, statements }] });
});

test('the steps of a plan take exactly the time of the waiting, and nothing else changes', () => {
  fc.assert(
    fc.property(waits, plans, gap, (profile, plan, planningMicros) => {
      const spliced = splicePlan(profile, 'SELECT 1', [{ plan, planningMicros }]).profile ?? profile;
      const [before, after] = [timesOf(profile), timesOf(spliced)];
      for (const [name, micros] of before) assert.ok(Math.abs(micros - (after.get(name) ?? 0)) < 0.01, name);
      assert.equal(before.size, after.size);
      for (const view of VIEWS) {
        const [drawnBefore, drawn] = [unsampledIn(profile, view), unsampledIn(spliced, view)];
        assert.ok(Math.abs(drawnBefore - drawn) < 0.01, `${view}: ${drawn} instead of ${drawnBefore}`);
      }
      let end = 0;
      for (let row = 0; row < spliced.samples.length; row++) {
        assert.ok(Math.abs((spliced.samples.time[row] ?? 0) - end) < 0.01, `row ${row}`);
        end = (spliced.samples.time[row] ?? 0) + (spliced.samples.duration[row] ?? 0);
      }
    }),
    { numRuns: 300 },
  );
});

test('each step gets the share of the waiting that it has of the plan', () => {
  fc.assert(
    fc.property(waits, fc.integer({ min: 1, max: 99 }), (profile, percent) => {
      const plan = step('Sort', percent, [step('Seq Scan', 100 - percent, [])]);
      const spliced = splicePlan(profile, 'SELECT 1', [{ plan, planningMicros: 0 }]).profile;
      assert.ok(spliced);
      const times = ownTimes(spliced);
      const [sort = 0, scan = 0] = [times.get('Sort'), times.get('Seq Scan')];
      assert.ok(Math.abs(sort - ((sort + scan) * percent) / 100) < 0.01);
    }),
    { numRuns: 200 },
  );
});

test('a plan without times, and one whose statement was never waited for, have no place in the picture', () => {
  fc.assert(
    fc.property(waits, (profile) => {
      const planned = (micros: number) => [{ plan: step('Sort', micros, []), planningMicros: 0 }];
      assert.deepEqual(splicePlan(profile, 'SELECT 1', planned(0)), { lacks: 'times' });
      assert.deepEqual(splicePlan(profile, 'SELECT 2', planned(1)), { lacks: 'waiting' });
    }),
    { numRuns: 20 },
  );
});

/** Time that the picture shows as such in which no sample was taken. */
function unsampledIn(profile: Profile, view: View): number {
  const { kind, total } = buildCallTree(profile, view);
  const unsampled = BOX_KINDS.indexOf('unsampled');
  return total.reduce((sum, micros, box) => sum + (kind[box] === unsampled ? micros : 0), 0);
}

function nameOf({ nodes, frames, strings }: Profile, node: number): string {
  return strings[frames.name[nodes.frame[node] ?? 0] ?? 0] ?? '';
}

/** Microseconds of each node's own rows, by name. */
function ownTimes(profile: Profile): Map<string, number> {
  const times = new Map<string, number>();
  profile.samples.node.forEach((node, row) => {
    const name = nameOf(profile, node);
    times.set(name, (times.get(name) ?? 0) + (profile.samples.duration[row] ?? 0));
  });
  return times;
}

/** The same with everything below the waiting for PostgreSQL as one. */
function timesOf(profile: Profile): Map<string, number> {
  const times = new Map<string, number>();
  const { nodes, samples } = profile;
  samples.node.forEach((node, row) => {
    let top = node;
    for (let at = node; at > 0; at = nodes.parent[at] ?? 0)
      if (nameOf(profile, at) === FOR_POSTGRES) top = at;
    const key = `${samples.operation[row]} ${samples.phase[row] === NO_PHASE ? '' : samples.phase[row]} ${nameOf(profile, top)}`;
    times.set(key, (times.get(key) ?? 0) + (samples.duration[row] ?? 0));
  });
  return times;
}
