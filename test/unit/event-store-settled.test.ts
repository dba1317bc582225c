import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Interruption } from '../../server/eventstore/postgres/interruption.ts';
import type { ReadSnapshot } from '../../server/eventstore/postgres/read-snapshot.ts';
import { SettledNumbers } from '../../server/eventstore/postgres/settled.ts';
import { tableNames } from '../../server/eventstore/postgres/table-names.ts';

function snapshot(text: string, differences: Partial<ReadSnapshot> = {}): ReadSnapshot {
  return { text, life: 'a', isQuiet: false, isReplica: false, replicaFloor: undefined, ...differences };
}

describe('how far a read is known to be settled', () => {
  const settled = new SettledNumbers(tableNames());
  for (const [transaction, sequenceNumber] of [
    [100n, 10],
    [110n, 20],
    [120n, 30],
  ] as const) {
    settled.learn({ life: 'a', transaction, sequenceNumber });
  }

  it('is all of it while no transaction is under way', () => {
    assert.equal(settled.known({ snapshot: snapshot('500:500:', { isQuiet: true }), last: 99 }), 99);
  });

  it('is the highest floor of a transaction before the oldest one under way', () => {
    assert.equal(settled.known({ snapshot: snapshot('500:501:500'), last: 99 }), 30);
    assert.equal(settled.known({ snapshot: snapshot('120:501:120'), last: 99 }), 20);
    assert.equal(settled.known({ snapshot: snapshot('100:501:100'), last: 99 }), 0);
  });

  it('is never more than what was read', () => {
    assert.equal(settled.known({ snapshot: snapshot('500:501:500'), last: 7 }), 7);
  });

  it('is nothing by the floors of another life of the server, or on a replica', () => {
    assert.equal(settled.known({ snapshot: snapshot('500:501:500', { life: 'b' }), last: 99 }), 0);
    const onReplica = snapshot('500:501:', { life: 'replica', isReplica: true });
    assert.equal(settled.known({ snapshot: onReplica, last: 99 }), 0);
  });

  it('is on a replica what it told, and nothing when it was not asked', () => {
    const onReplica = { life: 'replica', isReplica: true };
    const told = (replicaFloor: number | undefined) =>
      settled.known({ snapshot: snapshot('500:501:', { ...onReplica, replicaFloor }), last: 9 });
    assert.deepEqual([told(5), told(10), told(0), told(undefined)], [5, 9, 0, 0]);
  });

  it('forgets the floors of a life that has ended', () => {
    const server = new SettledNumbers(tableNames());
    server.learn({ life: 'a', transaction: 1000n, sequenceNumber: 900 });
    server.learn({ life: 'b', transaction: 50n, sequenceNumber: 40 });
    assert.equal(server.known({ snapshot: snapshot('2000:2001:2000', { life: 'b' }), last: 950 }), 40);
    assert.equal(server.known({ snapshot: snapshot('2000:2001:2000', { life: 'a' }), last: 950 }), 0);
  });
});

describe('the time that a call is given', () => {
  it('is refused where Node would take another one', () => {
    for (const timeoutMs of [-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
      assert.throws(() => new Interruption({ timeoutMs }), { code: 'invalid_option', field: 'timeoutMs' });
    }
  });

  it('may be as long as Node can wait', () => {
    using interruption = new Interruption({ timeoutMs: 2 ** 31 - 1 });
    assert.equal(interruption.reason, undefined);
  });
});
