import type pg from 'pg';
import { sqlState } from './database-fault.ts';
import { type SentStatement, statementMessages } from './statement-messages.ts';

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
export async function exchange(
  client: pg.Client,
  statements: readonly Statement[],
): Promise<readonly TextRow[][]> {
  try {
    return await send(client, statements);
  } catch (error) {
    // Refused before anything was done, and all statements are new to the connection from now on.
    if (!outdatedStates.has(sqlState(error))) throw error;
    return send(client, statements);
  }
}

// A prepared statement was dropped (DISCARD ALL, DEALLOCATE), or is of a table that was changed since.
const outdatedStates = new Set(['26000', '0A000']);

function send(client: pg.Client, statements: readonly Statement[]): Promise<readonly TextRow[][]> {
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
  /** Each by itself, for tools that measure. */
  readonly statements: readonly Statement[];
  readonly #results: TextRow[][] = [];
  #rows: TextRow[] = [];
  /** Where pg's `query_timeout` and tools that measure look for the end. */
  callback: Callback;
  /** What tools that measure show; some put comments into a text that has no name. */
  readonly text: string;
  readonly name = 'eventstore_exchange';

  constructor(statements: readonly Statement[], callback: Callback) {
    this.statements = statements;
    this.callback = callback;
    this.text = statements.map(({ text }) => text).join(';\n');
  }

  /** Gives the error of what cannot be sent, as pg expects it: thrown, it would end the process or hang the connection. */
  submit(connection: pg.Connection): Error | null {
    try {
      const messages = statementMessages(this.#sent(knownStatements(connection)));
      // A connection that is lost tells so by itself.
      if (connection.stream.writable) connection.stream.write(messages);
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  #sent(known: ReadonlySet<string>): readonly SentStatement[] {
    return this.statements.map(({ name = '', text, values }) => ({
      name,
      text,
      values: values.map(parameterText),
      isNew: !known.has(name),
    }));
  }

  handleDataRow({ fields }: { readonly fields: TextRow }): void {
    this.#rows.push(fields);
  }

  handleCommandComplete(_message: unknown, connection: pg.Connection): void {
    const name = this.statements[this.#results.length]?.name;
    if (name) knownStatements(connection).add(name);
    this.#results.push(this.#rows);
    this.#rows = [];
  }

  handleReadyForQuery(): void {
    this.callback(null, this.#results);
  }

  handleError(error: Error, connection: pg.Connection): void {
    if (outdatedStates.has(sqlState(error))) knownStatements(connection).clear();
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
