import assert from 'node:assert/strict';
import { it } from 'node:test';
import pg from 'pg';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import { importEvents } from '../../server/eventstore/postgres/import-events.ts';
import { replicaSnapshotColumn, snapshotColumn } from '../../server/eventstore/postgres/read-snapshot.ts';
import { SelectStatements } from '../../server/eventstore/postgres/select-statement.ts';
import { tableNames } from '../../server/eventstore/postgres/table-names.ts';
import { event, postgresFixture } from '../contract/event-store-fixture.ts';
import { withSettings } from './support/with-settings.ts';

it('A query starts no parallel workers, however much work PostgreSQL expects', async () => {
  await using fixture = await postgresFixture();
  await importEvents(fixture.pool, [Array.from({ length: 5000 }, (_, n) => event('A', { n }))]);
  await fixture.pool.query('ANALYZE events');
  // Workers cost nothing here, as they seem to in a store of millions.
  const url = withSettings(
    fixture.url,
    'parallel_setup_cost=0',
    'parallel_tuple_cost=0',
    'min_parallel_table_scan_size=0',
    'min_parallel_index_scan_size=0',
    'enable_indexscan=off',
  );
  const eager = new pg.Pool({ connectionString: url, max: 1 });
  await using _eager = { [Symbol.asyncDispose]: () => eager.end() };
  const planOf = async (text: string, values: readonly unknown[]) => {
    const { rows } = await eager.query<[string]>({
      text: `EXPLAIN ${text}`,
      values: [...values],
      rowMode: 'array',
    });
    return rows.join('\n');
  };
  assert.match(await planOf('SELECT count(*) FROM events', []), /Workers Planned/);
  for (const columns of [snapshotColumn, replicaSnapshotColumn]) {
    const statements = new SelectStatements(tableNames(), 5, columns);
    for (const filter of [
      buildEventFilter().matchingAnyEvent(),
      buildEventFilter().matching().anyEventTypeOf('A').finalize(),
    ]) {
      const { template, values } = statements.statementFor(filter);
      const { events, eventsWithSnapshot } = template;
      assert.match(await planOf(events, values), /Workers Planned/);
      assert.doesNotMatch(await planOf(eventsWithSnapshot, values), /Workers Planned/);
    }
  }
});
