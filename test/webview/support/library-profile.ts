import type { Profile } from '../../../server/protocol/profile/profile.ts';
import { type SampleFrame, type SampleRow, sampleProfile } from './sample-profile.ts';

const source = (name: string, file: string, line: number): SampleFrame => ({
  name,
  file: `file:///home/dev/library/${file}`,
  line,
});
const inNode = (name: string, file: string): SampleFrame => ({
  name,
  file: `node:${file}`,
  category: 'node',
});
const inPackage = (name: string, file: string, line: number): SampleFrame => ({
  name,
  file: `file:///home/dev/library/node_modules/${file}`,
  line,
  category: 'package',
});

const run = source('runQuery', 'handling/query-handler.ts', 31);
const query = source('query', 'eventstore/postgres/query.ts', 44);
const project = source('project', 'library/books-in-circulation.ts', 58);
const waiting: SampleFrame = { name: 'waiting for PostgreSQL', category: 'wait' };

/** What a run of a query handler looks like: every phase of a query, waiting, time in no phase, time outside. */
export function libraryProfile(operations = 10): Profile {
  const rows: SampleRow[] = [{ stack: [inNode('processTimers', 'internal/timers')], micros: 700 }];
  for (let operation = 0; operation < operations; operation++) rows.push(...oneOperation(operation));
  rows.push({ stack: [{ name: '(idle)', category: 'idle' }], micros: 400 });
  return sampleProfile(rows);
}

function oneOperation(operation: number): SampleRow[] {
  const row = (phase: SampleRow['phase'], micros: number, ...stack: SampleFrame[]): SampleRow => ({
    operation,
    micros: micros * (1 + (operation % 3) / 10),
    stack: [run, ...stack],
    ...(phase === undefined ? {} : { phase }),
  });
  const build = source('filterToSql', 'eventstore/postgres/filter-to-sql.ts', 12);
  const parse = inPackage('parseRow', 'pg/lib/result.js', 88);
  const unmarshal = source('parseLibraryEvent', 'library/parse-library-event.ts', 20);
  const json: SampleFrame = { name: 'parse', category: 'native' };
  return [
    row('filter_build', 60, source('filterFor', 'library/books-in-circulation.ts', 22)),
    row('sql_build', 150, query, build, source('predicate', 'eventstore/postgres/filter-to-sql.ts', 40)),
    row('sql_build', 40, query, build),
    row('connection_acquire', 220, query, { name: 'waiting for a connection', category: 'wait' }),
    row('sql_execute', 2600, query, waiting),
    row('sql_execute', 180, query, inPackage('_query', 'pg/lib/client.js', 512), inNode('writev', 'net')),
    row('row_decode', 700, query, inPackage('handleDataRow', 'pg/lib/query.js', 96), parse),
    row('row_decode', 310, query, inPackage('handleDataRow', 'pg/lib/query.js', 96), parse, json),
    row('unmarshal', 420, query, unmarshal, json),
    row('unmarshal', 380, query, unmarshal, source('field', 'library/parse-library-event.ts', 71)),
    row('unmarshal', 90, query, unmarshal, { name: '(garbage collector)', category: 'gc' }),
    row('project', 900, project, source('titleOf', 'library/books-in-circulation.ts', 91)),
    row('project', 540, project, { name: 'set', category: 'native' }),
    row('project', 260, project),
    row(undefined, 120),
  ];
}
