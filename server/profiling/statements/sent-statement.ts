/** A statement as the program gave it to pg. */
export interface SentStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Of a prepared statement that the connection keeps. */
  readonly name?: string | undefined;
}

/** The database that a connection leads to. */
export interface StatementTarget {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/** When PostgreSQL worked: microseconds on the process's monotonic clock. */
export interface Stretch {
  readonly startMicros: number;
  readonly durationMicros: number;
}

/** One execution of what was sent in one go: one statement as a rule, several of a pipeline. */
export interface StatementExecution {
  /** Of which operation; see `StatementRecorder`. */
  readonly operation: number;
  /** As they were sent; one object for all executions of the same texts. */
  readonly texts: readonly string[];
  /** One, or one for each batch that was read of a cursor. */
  readonly stretches: readonly Stretch[];
  /** Given or changed, as PostgreSQL counts them. */
  readonly rows: number;
  readonly isFailed: boolean;
}

/** The same with everything that is needed to execute it again. */
export interface StatementCall extends Omit<StatementExecution, 'texts'> {
  readonly statements: readonly SentStatement[];
  readonly target: StatementTarget;
  /** How often the connection had executed a prepared statement of this name before; 0 without a name. */
  readonly executionsBefore: number;
}

/** Time that PostgreSQL and the way to it and back took, in microseconds. */
export function durationOf({ stretches }: Pick<StatementExecution, 'stretches'>): number {
  let micros = 0;
  for (const { durationMicros } of stretches) micros += durationMicros;
  return micros;
}

/** Equal for executions of the same texts. */
export function textKey(texts: readonly string[]): string {
  return texts.length === 1 ? (texts[0] ?? '') : texts.join(';\n');
}
