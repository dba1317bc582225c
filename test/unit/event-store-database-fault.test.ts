import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import pg from 'pg';
import {
  appendFault,
  isAnsweredFailure,
  readFault,
} from '../../server/eventstore/postgres/database-fault.ts';

function databaseError(code: string, severity: string): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('refused', 7, 'error'), { code, severity });
}

for (const severity of ['ERROR', 'FEHLER', 'ERREUR', 'エラー']) {
  test(`A refusal of a server that calls it ${severity} is an answer`, () => {
    assert.equal(isAnsweredFailure(databaseError('23505', severity)), true);
    assert.equal(isAnsweredFailure(databaseError('40001', severity)), true);
  });
}

test('An error that ends the connection leaves the outcome open, in any language', () => {
  assert.equal(isAnsweredFailure(databaseError('57P01', 'FATAL')), false);
  assert.equal(isAnsweredFailure(databaseError('57P01', 'VERHÄNGNISVOLL')), false);
  assert.equal(isAnsweredFailure(databaseError('53300', 'FATAL')), false);
  assert.equal(isAnsweredFailure(databaseError('XX000', 'PANIC')), false);
});

test('An error that is not the database’s is no answer', () => {
  assert.equal(isAnsweredFailure(new Error('read ECONNRESET')), false);
});

describe('What a refusal of the database is called', () => {
  const unavailable = 'event_store_unavailable';
  const faults: readonly [what: string, sqlState: string, read: string, append: string, advice: RegExp][] = [
    ['a statement_timeout', '57014', 'query_timeout', 'query_timeout', /^Allow more time/],
    ['a lock_timeout', '55P03', 'query_timeout', 'query_timeout', /^Allow more time/],
    ['an idle_in_transaction_session_timeout', '25P03', 'query_timeout', 'query_timeout', /^Allow more time/],
    ['a missing table', '42P01', 'schema_version', 'schema_version', /^\w/],
    ['a missing function', '42883', 'schema_version', 'schema_version', /^\w/],
    ['a read-only server', '25006', unavailable, unavailable, /writable primary/],
    ['a wrong password', '28P01', unavailable, unavailable, /user and the password/],
    ['a missing database', '3D000', unavailable, unavailable, /^Create the database/],
    ['a missing privilege', '42501', unavailable, unavailable, /may read and write/],
    ['too many connections', '53300', unavailable, unavailable, /^The database lacks connections/],
    ['a full disk', '53100', unavailable, unavailable, /disk space/],
    ['a serialisation failure', '40001', unavailable, 'concurrency_conflict', /^(Read|Query) again/],
    ['a deadlock', '40P01', unavailable, 'concurrency_conflict', /^(Call|Query) again/],
    ['JSON that is none', '22P02', unavailable, 'invalid_event', /^(Check|Build)/],
    ['a violated constraint', '23514', unavailable, 'invalid_event', /^(Check|Build)/],
    ['a value too large for an index', '54000', unavailable, 'invalid_event', /^(Check|Build)/],
    ['a value nested too deep', '54001', unavailable, 'invalid_event', /^(Check|Build)/],
    ['something unheard of', '99999', unavailable, unavailable, /^Check that the database runs/],
  ];
  for (const [what, sqlState, read, append, advice] of faults) {
    it(`${what} has a code, a sentence, advice and its cause`, () => {
      const cause = databaseError(sqlState, 'ERROR');
      for (const [fault, code] of [
        [readFault(cause), read],
        [appendFault(cause), append],
      ] as const) {
        assert.equal(fault.code, code);
        assert.match(fault.message, /^[A-Z].{15}/);
        assert.match(fault.advice ?? '', advice);
        assert.equal(fault.cause, cause);
      }
    });
  }

  it('A fault that is told already stays what it is', () => {
    const told = readFault(databaseError('57014', 'ERROR'));
    assert.equal(readFault(told), told);
  });
});

test('Faults of the pool say what to do about the pool', () => {
  const exhausted = readFault(new Error('timeout exceeded when trying to connect'));
  assert.equal(exhausted.code, 'event_store_unavailable');
  assert.match(exhausted.advice ?? '', /^All connections of the pool are in use: raise its `max`/);
  const ended = readFault(new Error('Cannot use a pool after calling end on the pool'));
  assert.match(ended.advice ?? '', /^End the pool after the last use/);
});
