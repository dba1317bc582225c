import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { isAnsweredFailure } from '../../server/eventstore/postgres/database-fault.ts';

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
