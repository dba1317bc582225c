/** What kind of command comes next, in percent of all commands; together 100. */
export interface CommandMix {
  /** Lending and returning books. */
  readonly lendingPercent: number;
  /** Acquiring and removing books. */
  readonly circulationPercent: number;
  /** Registering readers and cancelling their contracts. */
  readonly readersPercent: number;
}

/** `daily`: the library's day has its rush hours; `steady`: the same rate all the time. */
export type Rhythm = 'daily' | 'steady';

/** All that decides how a simulation goes, checked before. The same options and the same outcomes give the same operations. */
export interface SimulationOptions extends CommandMix {
  readonly seed: number;
  readonly durationSeconds: number;
  /** Operations per second that arrive, on average, whether the store keeps up or not. */
  readonly rate: number;
  /** Operations that are served at the same time; what arrives beyond them waits. */
  readonly workers: number;
  /** Readers in the library at the same time; more when the store is slow, because people arrive all the same. */
  readonly activeReaders: number;
  /** Share of lendings and returns that are about the same few books. */
  readonly contentionPercent: number;
  /** Share of operations that are queries. */
  readonly queryPercent: number;
  readonly rhythm: Rhythm;
  /** How long a day of the library takes; left out, the simulation is one day. */
  readonly daySeconds?: number;
  /** Books in circulation and registered readers that there are at least before anything is measured. */
  readonly books?: number;
  readonly readers?: number;
  /** How long the database may be gone before the simulation ends. */
  readonly outageSeconds: number;
  /** Given, the highest rate is searched whose p99 of the response time is not above it. */
  readonly p99BoundMillis?: number;
}
