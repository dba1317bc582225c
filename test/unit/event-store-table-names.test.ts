import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvalidOptionError } from '../../server/eventstore/errors.ts';
import { openPostgresEventStore } from '../../server/eventstore/postgres/open-event-store.ts';
import { functionName, tableNames } from '../../server/eventstore/postgres/table-names.ts';

describe('names of the tables', () => {
  it('are events and snapshots when nothing is said', () => {
    assert.deepEqual(tableNames(), { events: 'events', snapshots: 'snapshots' });
    assert.deepEqual(tableNames({ events: 'loans' }), { events: 'loans', snapshots: 'snapshots' });
    const left = { events: undefined } as unknown as { events: string };
    assert.equal(tableNames(left).events, 'events');
  });

  it('can be any plain name of up to 40 characters', () => {
    for (const name of ['a', 'loans_2', 'select', 'x'.repeat(40)]) {
      assert.equal(tableNames({ events: name }).events, name);
      // PostgreSQL cuts names after 63 bytes, and two cut ones could be the same.
      assert.ok(functionName(tableNames({ events: name }), 'settled').length <= 63);
    }
  });

  const refused: readonly unknown[] = [
    '',
    ' ',
    'Events',
    'my events',
    'public.events',
    '1events',
    '_events',
    'events-2',
    'ereignisse_für_alle',
    'x'.repeat(41),
    'x"; DROP TABLE events; --',
    "x'; DROP TABLE events; --",
    'events\n',
    'a\0b',
    '$1',
    7,
    null,
  ];
  for (const name of refused) {
    it(`cannot be ${JSON.stringify(name)?.slice(0, 40)}, which is told before anything is asked of the database`, async () => {
      for (const field of ['events', 'snapshots']) {
        const refusal = {
          name: InvalidOptionError.name,
          code: 'invalid_option',
          message: `The store's table for ${field} cannot be named ${JSON.stringify(name)}.`,
          advice: 'Give 1 to 40 lower-case letters, digits and underscores, beginning with a letter.',
          field: `tables.${field}`,
        };
        const tables = { [field]: name } as Record<string, string>;
        assert.throws(() => tableNames(tables), refusal);
        // A server that would be asked is not there.
        await assert.rejects(
          openPostgresEventStore({ primary: 'postgres://127.0.0.1:1/none', tables }),
          refusal,
        );
      }
    });
  }

  for (const name of ['schema', 'stored', 'event_type', 'ctid', 'pg_events']) {
    it(`cannot be ${name}, which the database or the store's own functions use`, () => {
      assert.throws(() => tableNames({ events: name }), {
        code: 'invalid_option',
        message: `The store's table for events cannot be named "${name}".`,
        advice: 'The name is used for something else; choose another one.',
        field: 'tables.events',
      });
    });
  }

  it('cannot be the same for both', () => {
    assert.throws(() => tableNames({ events: 'snapshots' }), {
      code: 'invalid_option',
      message: 'Events and snapshots cannot be in the same table.',
      advice: 'Give two different names.',
      field: 'tables',
    });
  });
});
