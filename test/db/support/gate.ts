import assert from 'node:assert/strict';
import pg from 'pg';

/** Where an append waits that comes to a gate. */
export type GatePlace = 'before insert' | 'after insert' | 'at commit';

export interface GateOptions {
  /** Which appends come to it. */
  readonly eventType: string;
  readonly place: GatePlace;
}

/** Closed until it is opened, or until the end of the block. */
export interface Gate extends AsyncDisposable {
  /** Resolves when an append waits at the gate. */
  reached(): Promise<void>;
  open(): Promise<void>;
}

/** Makes a database's appends of one event type wait at a known place, for as long as a test needs them there. */
export async function gate(url: string, options: GateOptions): Promise<Gate> {
  const keeper = new pg.Client({ connectionString: url });
  // Some tests kill the server; then nothing is left to be opened.
  keeper.on('error', () => undefined);
  await keeper.connect();
  await keeper.query(gateSql(options));
  await keeper.query(`SELECT pg_advisory_lock(${key})`);
  let isOpen = false;
  const open = async () => {
    if (isOpen) return;
    isOpen = true;
    await keeper.end().catch(() => undefined);
  };
  return { reached: () => waiting(keeper), open, [Symbol.asyncDispose]: open };
}

const key = 4711;

function gateSql({ eventType, place }: GateOptions): string {
  return `
    DROP TRIGGER IF EXISTS wait_at_gate ON events;
    CREATE OR REPLACE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock(${key}); RETURN NEW; END $$;
    CREATE ${place === 'at commit' ? 'CONSTRAINT' : ''} TRIGGER wait_at_gate ${triggerTime[place]}
      FOR EACH ROW WHEN (NEW.event_type = '${eventType}') EXECUTE FUNCTION wait_at_gate()`;
}

const triggerTime: Readonly<Record<GatePlace, string>> = {
  // Between number and insert, where an append has written nothing yet.
  'before insert': 'BEFORE INSERT ON events',
  'after insert': 'AFTER INSERT ON events',
  // By then everything is inserted, and the transaction waits inside of COMMIT.
  'at commit': 'AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED',
};

async function waiting(keeper: pg.Client): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const { rowCount } = await keeper.query(
      `SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = ${key} AND NOT granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    if (rowCount === 1) return;
    assert.ok(performance.now() < deadline, `${rowCount} appends wait at the gate`);
  }
}
