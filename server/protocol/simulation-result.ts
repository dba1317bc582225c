import * as z from 'zod';
import { artifactSchema } from './artifact.ts';

const share = z.number();
const count = z.int().nonnegative();

/** How long things took, in microseconds; percentiles are within 0.1 %. */
export const latencySchema = z.object({
  count,
  meanMicros: z.number(),
  p50Micros: z.number(),
  p95Micros: z.number(),
  p99Micros: z.number(),
  maxMicros: z.number(),
});

/** Every operation that was begun has exactly one of these outcomes. */
const outcomeCountsSchema = z.object({
  accepted: count,
  idempotent: count,
  rejected: count,
  answered: count,
  /** Ended before they were done; nothing is stored. */
  cancelled: count,
  /** Faults; nothing is stored. */
  failed: count,
  /** Nobody knows whether they are stored. */
  unknown: count,
});

const trialSchema = z.object({
  rate: z.number(),
  served: z.number(),
  p99Micros: z.number(),
  failed: share,
  holds: z.boolean(),
  /** What it was too high for: the bound, too many failures, or more came than were served. */
  limit: z.enum(['p99', 'failures', 'backlog']).optional(),
});

/** What was done in a simulation. Shares are 0 to 1, rates are per second. */
export const simulationSummarySchema = z.object({
  end: z.enum(['finished', 'stopped', 'database_gone']),
  seed: z.int(),
  warmUp: z.object({ eventsRead: count, commands: count, eventsAppended: count, seconds: z.number() }),
  /** That were measured; of a search, its last part. */
  seconds: z.number(),
  rate: z.object({
    asked: z.number(),
    arrived: z.number(),
    served: z.number(),
    /** Who came and was not served before the time was up. */
    unserved: count,
    longestWaitMicros: z.number(),
  }),
  /** Begun after the warm-up. */
  operations: count,
  outcomes: outcomeCountsSchema,
  commands: z.object({
    count,
    /** Appended what they were meant to. */
    accepted: share,
    idempotent: share,
    /** Appended that they were refused. */
    rejected: share,
    /** Cancelled, failed, or of unknown outcome. */
    undone: share,
  }),
  queries: count,
  handlers: z.array(
    z.object({
      handler: z.string(),
      count,
      outcomes: outcomeCountsSchema,
      retries: count,
      /** From when an operation was begun. */
      service: latencySchema.optional(),
      /** From when it should have begun. */
      response: latencySchema.optional(),
    }),
  ),
  service: latencySchema.optional(),
  response: latencySchema.optional(),
  /** How many were broken off unanswered, some seconds after the time was up: their latencies are lower bounds. */
  brokenOff: count.optional(),
  generator: z.object({
    /** How late the load generator began what it had a free worker for. */
    lag: latencySchema.optional(),
    /** Share of the time in which its thread was busy. Near 1 the store is not what was measured. */
    busy: share,
  }),
  conflicts: count,
  retries: count,
  /** How often which fault ended an operation, by its code. */
  errors: z.record(z.string(), count),
  /** Faults that were brought about on purpose. */
  injected: z
    .object({
      businessErrors: count,
      conflicts: count,
      slowQueries: count,
      cancelled: count,
      timedOut: count,
    })
    .optional(),
  snapshots: z
    .object({
      uses: count,
      /** From memory, and from the event store. */
      warm: count,
      stored: count,
      hitRate: share,
      /** By their reason. */
      misses: z.record(z.string(), count),
    })
    .optional(),
  /** When the database was gone, in seconds since the begin. */
  outages: z.array(z.object({ startSecond: z.number(), seconds: z.number() })),
  events: z.object({
    /** That the store has confirmed, the warm-up's included. */
    appended: count,
    /** That were found in the store afterwards; absent when it could not be asked. */
    stored: count.optional(),
  }),
  population: z.object({ books: count, readers: count }),
  search: z
    .object({
      boundMicros: z.number(),
      /** The highest that held; 0 when none did. */
      rate: z.number(),
      /** Whether it was found where rates begin to fail, or the time was up before. */
      isComplete: z.boolean(),
      trials: z.array(trialSchema),
    })
    .optional(),
});

export const simulationResultSchema = z.object({
  kind: z.literal('simulation'),
  summary: simulationSummarySchema,
  artifacts: z.array(artifactSchema),
});

export type LatencyFigures = z.infer<typeof latencySchema>;
export type SimulationSummary = z.infer<typeof simulationSummarySchema>;
export type SimulationResult = z.infer<typeof simulationResultSchema>;
