import type pg from 'pg';
import { EventStoreUnavailableError, UnknownOutcomeError } from '../errors.ts';
import type { AppendStatements } from './append-statements.ts';
import { isolationLevels, lockBusy, unlockedState } from './append-texts.ts';
import { requestCancel } from './cancel-request.ts';
import { appendFault, isAnsweredFailure, queryCanceledState, readFault, sqlState } from './database-fault.ts';
import { exchange, type TextRow } from './exchange.ts';
import type { Interruption } from './interruption.ts';
import { LeasedConnection } from './leased-connection.ts';
import type { AppendToSend, StoredRows, WaitingAppend } from './waiting-append.ts';

/** Where appends are sent to, and by which statements. */
export interface FlightSite {
  readonly primary: pg.Pool;
  readonly appends: AppendStatements;
}

/** One append by itself, which waits for its locks. Rejects in the event store's terms. */
export async function appendAlone(
  { primary, appends }: FlightSite,
  { work, interruption, track }: AppendToSend,
): Promise<StoredRows> {
  track?.enter('connection_acquire');
  using connection = await acquire(primary, interruption);
  track?.enter('append');
  const [locked = [], stored = []] = await exchange(connection.client, [
    appends.lock(work),
    work.store,
  ]).catch((cause: unknown) => {
    throw faultOf(cause, connection);
  });
  if (!isReadCommitted(locked)) throw wrongIsolation();
  return stored;
}

function faultOf(cause: unknown, connection: LeasedConnection): Error {
  if (!isAnsweredFailure(cause)) {
    connection.discard();
    return new UnknownOutcomeError({ cause });
  }
  if (connection.interruptedBy && sqlState(cause) === queryCanceledState) return connection.interruptedBy;
  return sqlState(cause) === unlockedState ? locksMissing(cause) : appendFault(cause);
}

/**
 * Several appends in one transaction, none of which could store what another one's boundary reads. Each has an outcome of
 * its own: if a lock is held by somebody else, or the database refuses one of them, nothing of them is stored and each is
 * sent by itself. Never rejects.
 *
 * @param locks of all of them
 */
export async function appendTogether(
  site: FlightSite,
  appends: ReadonlySet<WaitingAppend>,
  locks: readonly number[],
): Promise<void> {
  const waiting = new Set(appends);
  for (const append of waiting) append.leavesBy(() => waiting.delete(append));
  try {
    using connection = await acquire(site.primary, undefined);
    if (waiting.size === 0 || (await sendTogether(site, { connection, locks, waiting }))) return;
  } catch (fault) {
    for (const append of waiting) append.reject(fault);
    return;
  }
  await Promise.all([...waiting].map((append) => append.settleBy(() => appendAlone(site, append))));
}

interface Together {
  /** Loses those that are over before there is an answer. */
  readonly waiting: Set<WaitingAppend>;
  readonly locks: readonly number[];
  readonly connection: LeasedConnection;
}

/** Gives false when nothing was stored, and each append has to be sent by itself. @throws UnknownOutcomeError */
async function sendTogether(
  { appends: statements }: FlightSite,
  { waiting, locks, connection }: Together,
): Promise<boolean> {
  const appends = [...waiting];
  const cancel = cancelOnce(connection);
  for (const append of appends) {
    append.isSent(cancel, () => {
      waiting.delete(append);
      // The others may still get their answer; when there are none, nobody would ever give up a server that is silent.
      if (waiting.size === 0) connection.client.connection.stream.destroy();
    });
  }
  try {
    const sent = [statements.tryLock(locks), ...appends.map(({ work }) => work.store)];
    const [locked = [], ...stored] = await exchange(connection.client, sent);
    if (locked[0]?.[1] === lockBusy || !isReadCommitted(locked)) return false;
    for (const [index, append] of appends.entries()) append.resolve(stored[index] ?? []);
    return true;
  } catch (cause) {
    if (isAnsweredFailure(cause)) return false;
    connection.discard();
    throw new UnknownOutcomeError({ cause });
  }
}

/** The first who is interrupted cancels for all: the others are sent again. */
function cancelOnce(connection: LeasedConnection): () => Promise<void> {
  let request: Promise<void> | undefined;
  return () => {
    // It may reach the server when this is over.
    connection.discard();
    request ??= requestCancel(connection.client);
    return request;
  };
}

async function acquire(primary: pg.Pool, interruption: Interruption | undefined): Promise<LeasedConnection> {
  try {
    return await LeasedConnection.acquireFor(primary, interruption);
  } catch (error) {
    throw readFault(error);
  }
}

function isReadCommitted([locked]: readonly TextRow[]): boolean {
  return isolationLevels.includes(locked?.[0]);
}

function wrongIsolation(): EventStoreUnavailableError {
  return new EventStoreUnavailableError(
    'Appending needs the isolation level read committed; nothing was stored.',
    {
      advice:
        "Open the event store with connections of that level: default_transaction_isolation of the database, the user or the URL's options decides it.",
    },
  );
}

function locksMissing(cause: unknown): EventStoreUnavailableError {
  return new EventStoreUnavailableError(
    'The append did not hold its locks when it was to be stored, so nothing was stored: its two statements did not come to the same transaction.',
    {
      advice:
        'Whatever stands between the program and the primary must pass on a pipeline of statements as one: turn off its load balancing, or connect to the primary itself.',
      cause,
    },
  );
}
