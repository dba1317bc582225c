import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';

/** Resolves when the condition holds; fails with the complaint after 10 seconds. For what tells nobody that it happened. */
export async function until(isReached: () => boolean, complaint: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!isReached()) {
    assert.ok(performance.now() < deadline, complaint);
    await nextTurn();
  }
}

/** No connection is missing in the pool, and nobody waits for one; those that were given up close a moment later. */
export function becomesWhole(pool: pg.Pool): Promise<void> {
  return until(
    () => pool.idleCount === pool.totalCount && pool.waitingCount === 0,
    'a connection did not come back',
  );
}
