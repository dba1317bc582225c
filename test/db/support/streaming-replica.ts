import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { query } from './query.ts';
import type { ReplicaCommand, ReplicaReport } from './replica-keeper.ts';

/** An empty database on a PostgreSQL of its own, and the same database on a streaming replica of that one. */
export interface ReplicatedDatabase extends AsyncDisposable {
  readonly primaryUrl: string;
  /** Read-only; asynchronous, as replicas are by default. Stays the same when the replica is stopped and started. */
  readonly replicaUrl: string;
  /** Waits until the replica shows everything that was committed on the primary before the call. */
  caughtUp(): Promise<void>;
  /** From now on the replica is stale: it receives and does not show. */
  pauseReplay(): Promise<void>;
  resumeReplay(): Promise<void>;
  /** Ends the replica at once, as a crash does: its clients lose their connections without a word. */
  stopReplica(): Promise<void>;
  startReplica(): Promise<void>;
  /** Ends the primary at once. */
  stopPrimary(): Promise<void>;
  /** Makes the replica a primary of its own, as after a failover. */
  promoteReplica(): Promise<void>;
}

/**
 * Starts both servers (about 3 s) below a process that ends them and removes their files, by the end of the block or
 * when this process is gone, however it ends.
 */
export async function replicatedDatabase(): Promise<ReplicatedDatabase> {
  const keeper = fork(path.join(import.meta.dirname, 'replica-keeper.ts'), {
    // Ctrl+C in the terminal ends the tests and not this.
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { primaryUrl, replicaUrl } = await answer(keeper);
  const command = async (name: ReplicaCommand) => {
    const done = answer(keeper);
    keeper.send(name);
    await done;
  };
  const onReplica = (sql: string) => query(replicaUrl, sql);
  return {
    primaryUrl,
    replicaUrl,
    caughtUp: () => untilReplayed(primaryUrl, replicaUrl),
    pauseReplay: async () => {
      await onReplica('SELECT pg_wal_replay_pause()');
      // Asked for at once, it takes effect at the next record or after a moment without one.
      await until(replicaUrl, "SELECT pg_get_wal_replay_pause_state() = 'paused' AS yes");
    },
    resumeReplay: async () => void (await onReplica('SELECT pg_wal_replay_resume()')),
    stopReplica: () => command('stopReplica'),
    startReplica: () => command('startReplica'),
    stopPrimary: () => command('stopPrimary'),
    promoteReplica: async () => void (await onReplica('SELECT pg_promote()')),
    [Symbol.asyncDispose]: async () => {
      const exited = once(keeper, 'exit');
      keeper.disconnect();
      await exited;
    },
  };
}

/** The keeper answers each command, and its own start, by one message. */
async function answer(keeper: ChildProcess): Promise<{ primaryUrl: string; replicaUrl: string }> {
  const ended = once(keeper, 'exit').then(() => {
    throw new Error('The process that keeps the replica ended; its words stand above.');
  });
  // Nobody waits for it any more once the answer has come.
  ended.catch(() => undefined);
  const [report] = (await Promise.race([once(keeper, 'message'), ended])) as [ReplicaReport];
  if ('error' in report) throw new Error(`The replicated database failed: ${report.error}`);
  return report;
}

async function untilReplayed(primaryUrl: string, replicaUrl: string): Promise<void> {
  const [written] = (await query(primaryUrl, 'SELECT pg_current_wal_lsn() AS lsn')) as { lsn: string }[];
  await until(replicaUrl, `SELECT pg_last_wal_replay_lsn() >= '${written?.lsn}'::pg_lsn AS yes`);
}

/** Polls for 20 s: a machine that runs many tests at once is slow. */
async function until(url: string, sql: string): Promise<void> {
  const end = performance.now() + 20_000;
  for (;;) {
    const [row] = (await query(url, sql)) as { yes: boolean | null }[];
    if (row?.yes === true) return;
    if (performance.now() > end) throw new Error(`The replica did not get there within 20 s: ${sql}`);
    await delay(10);
  }
}
