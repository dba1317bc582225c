import * as z from 'zod';
import { artifactSchema } from './artifact.ts';
import { RUN_ID } from './run-id.ts';

const ANALYZE_MODES = ['auto', 'always', 'never'] as const;

/** `POST /api/runs`: show how PostgreSQL executes a statement of a profile, with the values of its slowest call. */
export const explainRequestSchema = z.strictObject({
  kind: z.literal('explain'),
  /** Id of the run whose profile the statement is of. */
  run: z.string().refine((id) => RUN_ID.test(id), {
    message: 'run must be the id of a run, such as 20261121-105713-405089.',
    params: { advice: 'Give the id of a run that has a profile.' },
  }),
  /** Id of the statement as the run's result tells it, or its place there, from 1. */
  statement: z.string().min(1).max(60),
  /**
   * Whether the statement is executed, in a transaction that is rolled back, so that times and rows are real ones.
   * `auto`: yes, unless it would do what no rollback undoes, as far as that can be known: advance a sequence, call volatile
   * functions, fire triggers. `never`: estimates alone.
   */
  analyze: z.enum(ANALYZE_MODES).default('auto'),
  /** After so long PostgreSQL breaks the statement off. */
  timeoutSeconds: z.number().min(0.1).max(3600).default(30),
});

const blocksSchema = z.object({
  /** Blocks of 8 kB that were found in PostgreSQL's memory, and those that were not. */
  hit: z.number(),
  read: z.number(),
  /** Written to temporary files. */
  spilled: z.number(),
});

/** What a node did, over all its loops. */
const measuredSchema = z.object({
  rows: z.number(),
  loops: z.number(),
  /** In the node and below it, and in the node itself. */
  totalMicros: z.number(),
  selfMicros: z.number(),
  /** Rows that were read and thrown away: by a filter, by checking again what an index gave, by a join's condition. */
  removedByFilter: z.number(),
  removedByRecheck: z.number(),
  removedByJoin: z.number(),
  blocks: blocksSchema,
});

/** One step of a plan. Columns in the schema's own words are PostgreSQL's. */
export interface PlanNode {
  /** `Seq Scan`, `Bitmap Index Scan`, `Sort` … */
  readonly type: string;
  /** What its parent uses it for: `Outer`, `InitPlan` …; the name of a sub-plan with it. */
  readonly role?: string | undefined;
  readonly relation?: string | undefined;
  readonly schema?: string | undefined;
  readonly alias?: string | undefined;
  readonly index?: string | undefined;
  /** Conditions by PostgreSQL's names for them: `Filter`, `Index Cond` … */
  readonly conditions: readonly { readonly name: string; readonly text: string }[];
  readonly rowsEstimated: number;
  readonly cost: number;
  /** Absent where the statement was not executed. */
  readonly measured?: z.infer<typeof measuredSchema> | undefined;
  readonly children: readonly PlanNode[];
}

const planNodeSchema: z.ZodType<PlanNode> = z.object({
  type: z.string(),
  role: z.string().optional(),
  relation: z.string().optional(),
  schema: z.string().optional(),
  alias: z.string().optional(),
  index: z.string().optional(),
  conditions: z.array(z.object({ name: z.string(), text: z.string() })),
  rowsEstimated: z.number(),
  cost: z.number(),
  measured: measuredSchema.optional(),
  children: z.lazy(() => z.array(planNodeSchema)),
});

/** A table that a plan reads. */
const planTableSchema = z.object({
  schema: z.string(),
  name: z.string(),
  /** As PostgreSQL's statistics count them. */
  rows: z.number(),
  indexes: z.array(z.object({ name: z.string(), method: z.string(), definition: z.string() })),
});

const ADVICE_KINDS = ['broad-filter', 'missing-index', 'unused-gin', 'late-filter', 'lossy-recheck'] as const;

/** Something that the plan's figures say, in a sentence with the figures, and what to do about it. */
const planAdviceSchema = z.object({
  kind: z.enum(ADVICE_KINDS),
  table: z.string(),
  message: z.string(),
  advice: z.string(),
  rowsRead: z.number(),
  rowsRemoved: z.number(),
  tableRows: z.number(),
});

const explainedStatementSchema = z.object({
  text: z.string(),
  /** Absent where PostgreSQL has no plan for such a statement; the note says so. */
  plan: planNodeSchema.optional(),
  /** One plan for all values of a prepared statement, or one for these values. */
  planKind: z.enum(['generic', 'custom']),
  isAnalyzed: z.boolean(),
  planningMicros: z.number(),
  executionMicros: z.number(),
  /** That differ from PostgreSQL's defaults and bear on the plan. */
  settings: z.record(z.string(), z.string()),
  tables: z.array(planTableSchema),
  /** Sentences: whether a GIN index was used, what a rollback does not undo … */
  notes: z.array(z.string()),
  advice: z.array(planAdviceSchema),
});

export const explainResultSchema = z.object({
  kind: z.literal('explain'),
  run: z.string(),
  statement: z.string(),
  label: z.string(),
  /** How long the call whose values were used took in the profile. */
  callMicros: z.number(),
  /** One as a rule; those of a pipeline in their order. */
  statements: z.array(explainedStatementSchema),
  /** Why there is no profile with the plan in it, as a sentence; absent where there is one. */
  notInPicture: z.string().optional(),
  artifacts: z.array(artifactSchema),
});

export type ExplainRequest = z.infer<typeof explainRequestSchema>;
export type Measured = z.infer<typeof measuredSchema>;
export type PlanTable = z.infer<typeof planTableSchema>;
export type PlanAdvice = z.infer<typeof planAdviceSchema>;
export type ExplainedStatement = z.infer<typeof explainedStatementSchema>;
export type ExplainResult = z.infer<typeof explainResultSchema>;
