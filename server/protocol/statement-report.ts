import * as z from 'zod';

/** Stands for the phase of a statement that an operation left behind: it was executed when the operation was over. */
export const OUTSIDE = 'outside';

/** Executions of one statement in one phase of one handler. */
const statementShareSchema = z.object({
  handler: z.string(),
  /** One of the phases, `unattributed`, or `outside`. */
  phase: z.string(),
  calls: z.int(),
  rows: z.int(),
  totalMicros: z.number(),
});

/** All executions of one SQL statement in a run. Times go from when it was sent to its last answer, also while the operation works on. */
const statementTotalSchema = z.object({
  /** The same for the same text, in every run. */
  id: z.string(),
  /** In a few words, as in the flame graph. */
  label: z.string(),
  /** Without comments and without the values that stood in it. */
  text: z.string(),
  calls: z.int(),
  /** How many of the calls PostgreSQL refused. */
  failed: z.int(),
  /** Given or changed, by all calls. */
  rows: z.int(),
  totalMicros: z.number(),
  /**
   * How long it was under way in the operations' phases at PostgreSQL, also while the process worked. Of several at once
   * each has its part. Runs that were recorded before it was measured have none.
   */
  underWayMicros: z.number().optional(),
  meanMicros: z.number(),
  maxMicros: z.number(),
  shares: z.array(statementShareSchema),
});

/** What `pg_stat_statements` counted of one statement between the begin and the end of a run. */
const serverStatementSchema = z.object({
  /** The same name as among the statements of the run; runs of before have none. */
  label: z.string().optional(),
  text: z.string(),
  calls: z.number(),
  rows: z.number(),
  totalMicros: z.number(),
  meanMicros: z.number(),
  /** Blocks of 8 kB that were found in PostgreSQL's memory, and those that were not. */
  blocksHit: z.number(),
  blocksRead: z.number(),
  walBytes: z.number(),
});

/** PostgreSQL's own figures of a run, or why there are none. */
const serverFiguresSchema = z.discriminatedUnion('isAvailable', [
  z.object({ isAvailable: z.literal(true), statements: z.array(serverStatementSchema) }),
  z.object({ isAvailable: z.literal(false), reason: z.string(), advice: z.string() }),
]);

export const statementReportSchema = z.object({
  /** Those that were under way longest first. */
  statements: z.array(statementTotalSchema),
  /** How many further ones there were; they took the least time. */
  leftOut: z.int(),
  server: serverFiguresSchema,
});

export type StatementShare = z.infer<typeof statementShareSchema>;
export type StatementTotal = z.infer<typeof statementTotalSchema>;
export type ServerStatement = z.infer<typeof serverStatementSchema>;
export type ServerFigures = z.infer<typeof serverFiguresSchema>;
export type StatementReport = z.infer<typeof statementReportSchema>;
