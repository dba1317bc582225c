import * as z from 'zod';

const DAY_SECONDS = 86_400;

/** Below it there is no time to try enough rates. */
const SHORTEST_SEARCH_SECONDS = 30;

/** Each load is tried for four times the bound, and it takes some trials to find the highest. */
const SEARCH_SECONDS_PER_BOUND_SECOND = 40;

const percent = z.number().min(0).max(100);

/** `POST /api/runs`: let a library live on the event store for a while, and tell how the store bears it. */
export const simulationRequestSchema = z
  .strictObject({
    kind: z.literal('simulation'),
    /** The same seed on the same store gives the same people with the same wishes. */
    seed: z.int().min(0).default(1),
    durationSeconds: z.int().min(1).max(DAY_SECONDS).default(30),
    /** Operations per second that arrive, whether the store keeps up or not; a search begins with it. */
    rate: z.number().min(0.1).max(20_000).default(100),
    /** Operations that are served at the same time, each with a connection of its own. */
    workers: z.int().min(1).max(64).default(8),
    /** Readers in the library at the same time. */
    activeReaders: z.int().min(1).max(14_000).default(200),
    /** Share of lendings and returns that are about the same few books. */
    contentionPercent: percent.default(2),
    /** Share of operations that are queries. */
    queryPercent: percent.default(20),
    lendingPercent: percent.default(70),
    circulationPercent: percent.default(25),
    readersPercent: percent.default(5),
    /** `daily`: with the rush hours of a day; `steady`: the same rate all the time. */
    rhythm: z.enum(['daily', 'steady']).default('daily'),
    /** How long a day of the library takes; left out, the simulation is one day. */
    daySeconds: z.int().min(1).max(DAY_SECONDS).optional(),
    /** Books and readers that there are at least before the measuring begins; left out, enough for the active readers. */
    books: z.int().min(1).max(1_000_000).optional(),
    readers: z.int().min(1).max(1_000_000).optional(),
    /** Given, the highest rate is searched at which 99 % of the operations are answered within it. */
    p99BoundMillis: z.number().min(1).max(60_000).optional(),
    /** How long the database may be gone before the simulation ends with a fault. */
    outageSeconds: z.int().min(0).max(3_600).default(30),
    /** Whether queries about the whole library go on from snapshots. */
    snapshots: z.boolean().default(true),
    /** What goes wrong on purpose: shares of the commands, appends, queries and requests that are hit. */
    businessErrorsPercent: percent.default(0),
    conflictsPercent: percent.default(0),
    slowQueriesPercent: percent.default(0),
    slowQueryMillis: z.int().min(1).max(60_000).default(200),
    cancelledPercent: percent.default(0),
    timedOutPercent: percent.default(0),
  })
  .superRefine((request, context) => {
    const refuse = (path: string, message: string, advice: string) =>
      context.addIssue({ code: 'custom', path: [path], message, params: { advice } });
    const { lendingPercent, circulationPercent, readersPercent, durationSeconds, readers } = request;
    const mix = lendingPercent + circulationPercent + readersPercent;
    if (Math.abs(mix - 100) > 0.001) {
      refuse(
        'lendingPercent',
        `lendingPercent, circulationPercent and readersPercent must be 100 together; ${lendingPercent}, ${circulationPercent} and ${readersPercent} are ${mix}.`,
        'Give all three, or leave all three out for 70, 25 and 5.',
      );
    }
    if (request.p99BoundMillis !== undefined && durationSeconds < SHORTEST_SEARCH_SECONDS) {
      refuse(
        'durationSeconds',
        `durationSeconds must be at least ${SHORTEST_SEARCH_SECONDS} together with p99BoundMillis; ${durationSeconds} was given.`,
        'The search tries several loads, each for some seconds: give durationSeconds 60 or more.',
      );
    }
    const { p99BoundMillis } = request;
    const mostMillis = Math.floor((durationSeconds * 1000) / SEARCH_SECONDS_PER_BOUND_SECOND);
    if (
      p99BoundMillis !== undefined &&
      durationSeconds >= SHORTEST_SEARCH_SECONDS &&
      p99BoundMillis > mostMillis
    ) {
      const enough = Math.ceil((p99BoundMillis * SEARCH_SECONDS_PER_BOUND_SECOND) / 1000);
      refuse(
        'p99BoundMillis',
        `p99BoundMillis must be at most ${mostMillis} with durationSeconds ${durationSeconds}; ${p99BoundMillis} was given.`,
        `A load that the store cannot bear shows only after some times the bound: give durationSeconds ${enough} or more.`,
      );
    }
    if (readers !== undefined && readers < request.activeReaders) {
      refuse(
        'readers',
        `readers must be at least activeReaders, which is ${request.activeReaders}; ${readers} was given.`,
        'Raise readers, or lower activeReaders.',
      );
    }
  });

export type SimulationRequest = z.infer<typeof simulationRequestSchema>;
