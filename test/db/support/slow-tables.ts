import assert from 'node:assert/strict';
import pg from 'pg';

/** What a session of a database does that waits: for a lock, or in a table that was made slow. */
export type Wait = 'Lock' | 'PgSleep';

/** Makes operations on a store's tables last until they are ended, and looks at what the sessions do. */
export class SlowTables {
  readonly #observer: pg.Client;

  private constructor(observer: pg.Client) {
    this.#observer = observer;
  }

  static async of(url: string): Promise<SlowTables> {
    const observer = new pg.Client({ connectionString: url });
    await observer.connect();
    await observer.query(functions);
    return new SlowTables(observer);
  }

  /** Inserts sleep in a trigger. */
  slowWrites(table: string): Promise<AsyncDisposable> {
    return this.#slow(
      `CREATE TRIGGER sleep BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION sleep_long()`,
      `DROP TRIGGER sleep ON ${table}`,
    );
  }

  /** Inserts are done, and sleep when they are committed. */
  slowCommits(table: string): Promise<AsyncDisposable> {
    return this.#slow(
      `CREATE CONSTRAINT TRIGGER sleep_at_commit AFTER INSERT ON ${table} DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION sleep_long()`,
      `DROP TRIGGER sleep_at_commit ON ${table}`,
    );
  }

  /** Reads sleep in a view, which stands in the table's place, from a sequence number on. */
  slowReads(table: string, from = 1): Promise<AsyncDisposable> {
    return this.#slow(
      `BEGIN; ALTER TABLE ${table} RENAME TO fast; CREATE VIEW ${table} AS SELECT * FROM fast WHERE slowly(sequence_number >= ${from}); COMMIT`,
      `BEGIN; DROP VIEW ${table}; ALTER TABLE fast RENAME TO ${table}; COMMIT`,
    );
  }

  somebodyDoes(wait: Wait): Promise<void> {
    return this.#sessions(waiting(wait), (count) => count > 0);
  }

  nobodyDoes(wait: Wait): Promise<void> {
    return this.#sessions(waiting(wait), (count) => count === 0);
  }

  becomesIdleInTransaction(): Promise<void> {
    return this.#sessions("state = 'idle in transaction'", (count) => count === 1);
  }

  nobodyIsInTransaction(): Promise<void> {
    return this.#sessions("state LIKE 'idle in transaction%'", (count) => count === 0);
  }

  end(): Promise<void> {
    return this.#observer.end();
  }

  async #slow(make: string, undo: string): Promise<AsyncDisposable> {
    await this.#observer.query(make);
    return {
      [Symbol.asyncDispose]: async () => {
        // Whoever still sleeps after a test that failed would keep its lock.
        await this.#observer.query(`SELECT pg_terminate_backend(pid) ${others} AND wait_event = 'PgSleep'`);
        await this.#observer.query(undo);
      },
    };
  }

  async #sessions(condition: string, isReached: (count: number) => boolean): Promise<void> {
    const deadline = performance.now() + 10_000;
    for (;;) {
      const { rowCount } = await this.#observer.query(`SELECT ${others} AND ${condition}`);
      if (isReached(rowCount ?? 0)) return;
      assert.ok(performance.now() < deadline, `${rowCount} connections with ${condition}`);
    }
  }
}

// Sleeping can be cancelled like any work, and pg_stat_activity shows it.
const functions = `
  CREATE FUNCTION sleep_long() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;
  CREATE FUNCTION slowly(is_slow boolean) RETURNS boolean LANGUAGE plpgsql VOLATILE AS
    $$ BEGIN IF is_slow THEN PERFORM pg_sleep(60); END IF; RETURN true; END $$`;

const others = 'FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';

function waiting(wait: Wait): string {
  return `'${wait}' IN (wait_event_type, wait_event) AND state = 'active'`;
}
