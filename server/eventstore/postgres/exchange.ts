import type pg from 'pg';
import { statementMessages } from './statement-messages.ts';

export interface Statement {
  readonly text: string;
  readonly values: readonly ParameterValue[];
  /** Of a prepared statement that the connection keeps: the same name always means the same text. */
  readonly name?: string | undefined;
}

/** Strings and numbers as they are, lists as arrays of PostgreSQL; undefined is NULL. */
export type ParameterValue = string | number | null | undefined | readonly (string | number)[];

/** Every column as the text that came over the wire. */
export type TextRow = readonly (string | null)[];

/**
 * Sends statements in one go and gives the rows of each. They are one transaction, which ends with the last of them; each
 * sees what was committed before it began. https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
export function exchange(client: pg.Client, statements: readonly Statement[]): Promise<readonly TextRow[][]> {
  return new Promise((resolve, reject) => {
    client.query(
      new Exchange(statements, (error, results) => {
        if (error) reject(error);
        else resolve(results);
      }),
    );
  });
}

type Callback = (error: Error | null, results: readonly TextRow[][]) => void;

/**
 * What pg's own `Query` does for a prepared statement, without what the store has no use for: it neither asks for a
 * description of the columns, which are known, nor keeps one. That is 20 µs less of each operation, half of them the
 * server's. A query of one book: docs/decisions/2026-11-21-appends-by-locks-and-snapshots.md
 *
 * The methods are those that pg calls on whatever is submitted to it, as on pg-cursor.
 */
class Exchange implements pg.Submittable {
  readonly #statements: readonly Statement[];
  readonly #results: TextRow[][] = [];
  #rows: TextRow[] = [];
  /** Where pg's `query_timeout` and tools that measure look for the end. */
  callback: Callback;
  /** What tools that measure show. */
  readonly text: string;

  constructor(statements: readonly Statement[], callback: Callback) {
    this.#statements = statements;
    this.callback = callback;
    this.text = statements.map(({ text }) => text).join(';\n');
  }

  submit(connection: pg.Connection): void {
    const known = knownStatements(connection);
    const messages = statementMessages(
      this.#statements.map(({ name = '', text, values }) => ({
        name,
        text,
        values: values.map(parameterText),
        isNew: !known.has(name),
      })),
    );
    // A connection that is lost tells so by itself.
    if (connection.stream.writable) connection.stream.write(messages);
  }

  handleDataRow({ fields }: { readonly fields: TextRow }): void {
    this.#rows.push(fields);
  }

  handleCommandComplete(_message: unknown, connection: pg.Connection): void {
    const name = this.#statements[this.#results.length]?.name;
    if (name) knownStatements(connection).add(name);
    this.#results.push(this.#rows);
    this.#rows = [];
  }

  handleReadyForQuery(): void {
    this.callback(null, this.#results);
  }

  handleError(error: Error): void {
    this.callback(error, []);
  }
}

function knownStatements(connection: pg.Connection): Set<string> {
  const known = statementsOf.get(connection);
  if (known) return known;
  const none = new Set<string>();
  statementsOf.set(connection, none);
  return none;
}

/** Which prepared statements a connection holds. */
const statementsOf = new WeakMap<pg.Connection, Set<string>>();

function parameterText(value: ParameterValue): string | null {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return null;
  return typeof value === 'number' ? String(value) : `{${value.map(elementText).join(',')}}`;
}

function elementText(element: string | number): string {
  return typeof element === 'number' ? String(element) : `"${element.replace(/["\\]/g, '\\$&')}"`;
}
