/** A step of a plan as PostgreSQL tells it, with its time. */
export interface TimedStep {
  readonly type: string;
  /** `Outer`, `InitPlan`, `SubPlan` … */
  readonly relationship?: string | undefined;
  /** `CTE name`, `InitPlan 1`, `InitPlan 1 (returns $0)` … */
  readonly subplan?: string | undefined;
  /** That it reads. */
  readonly cte?: string | undefined;
  /** Expressions, and those that it has evaluated before it begins. */
  readonly expressions: string;
  readonly evaluatedFirst: string;
  /** In the step and in whatever it had executed. */
  readonly totalMicros: number;
  readonly children: readonly TimedStep[];
}

/**
 * The time of each step by itself. Steps stand below the one that has them executed, but for two kinds: PostgreSQL executes
 * a common table expression while a CTE Scan reads it, and an InitPlan when the first expression asks for it; both stand
 * below the step at the top of their query. Their time is taken from that of the step that it passed in.
 *
 * Of a common table expression with several readers the longest is taken to have had it executed, as far as its time goes.
 */
export function selfTimes(root: TimedStep): Map<TimedStep, number> {
  const self = new Map<TimedStep, number>();
  const steps = stepsBelow(root);
  for (const step of steps) {
    const below = step.children.filter((child) => !isInitPlan(child));
    self.set(step, step.totalMicros - below.reduce((sum, { totalMicros }) => sum + totalMicros, 0));
  }
  for (const holder of steps) {
    for (const plan of holder.children.filter(isInitPlan)) take(self, holder, plan);
  }
  // Rounded to microseconds, the children of a quick step may take longer than it.
  for (const [step, micros] of self) self.set(step, Math.max(0, micros));
  return self;
}

/** A parent before its children. */
function stepsBelow(root: TimedStep): TimedStep[] {
  return [root, ...root.children.flatMap(stepsBelow)];
}

function isInitPlan({ relationship }: TimedStep): boolean {
  return relationship === 'InitPlan';
}

function take(self: Map<TimedStep, number>, holder: TimedStep, plan: TimedStep): void {
  const name = /^CTE (.+)$/s.exec(plan.subplan ?? '')?.[1];
  const steps = name === undefined ? [userOf(self, holder, plan)] : readersOf(self, holder, name);
  let left = plan.totalMicros;
  for (const step of steps) {
    const own = self.get(step) ?? 0;
    // What no step has the time for, rounding aside, was executed by itself: changes that nobody reads.
    const taken = Math.min(left, Math.max(0, own));
    self.set(step, own - taken);
    left -= taken;
  }
}

/** The longest first. A name may mean another expression further down. */
function readersOf(self: ReadonlyMap<TimedStep, number>, holder: TimedStep, name: string): TimedStep[] {
  const readers: TimedStep[] = [];
  const look = (step: TimedStep) => {
    if (step.type === 'CTE Scan' && step.cte === name) readers.push(step);
    if (step !== holder && step.children.some(({ subplan }) => subplan === `CTE ${name}`)) return;
    for (const child of step.children) look(child);
  };
  look(holder);
  return readers.sort((a, b) => (self.get(b) ?? 0) - (self.get(a) ?? 0));
}

/** The step whose expression asks first, among those that have the time; a query's lowest steps work first. */
function userOf(self: ReadonlyMap<TimedStep, number>, holder: TimedStep, plan: TimedStep): TimedStep {
  const mention = mentionOf(plan);
  const users = lowestFirst(holder, plan);
  const hasTime = (step: TimedStep) => (self.get(step) ?? 0) >= plan.totalMicros - ROUNDING;
  return (
    users.find((step) => mention.test(step.evaluatedFirst) && hasTime(step)) ??
    users.find((step) => mention.test(step.expressions) && hasTime(step)) ??
    holder
  );
}

/** Microseconds. */
const ROUNDING = 2;

/** `(InitPlan 1).col1`, and `$0` before PostgreSQL 17. */
function mentionOf({ subplan = '' }: TimedStep): RegExp {
  const before = /^(.+) \(returns (.+)\)$/.exec(subplan);
  const names = before?.[2]?.split(',').map((name) => `${name.replaceAll('$', '\\$')}(?!\\d)`);
  return new RegExp(names === undefined ? `\\(${subplan.replace(/[^\w ]/g, '.')}\\)` : names.join('|'));
}

function lowestFirst(step: TimedStep, except: TimedStep): TimedStep[] {
  if (step === except) return [];
  return [...step.children.flatMap((child) => lowestFirst(child, except)), step];
}
