import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ExecutionGuard } from '../../server/runner/execution-guard.ts';

const guarding = (limitMs = 60_000) =>
  new ExecutionGuard(
    limitMs,
    (fault) => new Error(fault.kind === 'stray' ? `stray: ${fault.thrown}` : fault.kind),
  );

describe('ExecutionGuard', () => {
  it('gives what the work gives, at once or later, and throws what it throws', async () => {
    using guard = guarding();
    assert.equal(await guard.run(() => 1), 1);
    assert.equal(await guard.run(async () => 2), 2);
    await assert.rejects(
      guard.run(() => {
        throw new TypeError('at once');
      }),
      new TypeError('at once'),
    );
    await assert.rejects(
      guard.run(() => Promise.reject(new TypeError('later'))),
      new TypeError('later'),
    );
  });

  it('gives up on work that takes too long, and on that alone', async () => {
    using guard = guarding(20);
    // Nothing else keeps the process alive while it waits.
    const alive = setInterval(() => undefined, 1000);
    await assert.rejects(
      guard.run(() => new Promise(() => undefined)),
      new Error('timeout'),
    );
    clearInterval(alive);
    assert.equal(await guard.run(() => 1), 1);
  });

  it('lets the process live again as it was when it is disposed of', () => {
    const before = process.listenerCount('unhandledRejection');
    const guard = guarding();
    assert.equal(process.listenerCount('unhandledRejection'), before + 1);
    guard[Symbol.dispose]();
    assert.equal(process.listenerCount('unhandledRejection'), before);
  });
});
