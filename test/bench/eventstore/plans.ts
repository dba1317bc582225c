import { openPool } from '../../../server/database/pool.ts';
import { openPostgresEventStore } from '../../../server/eventstore/postgres/open-event-store.ts';
import { findBooks } from './books.ts';
import { type PreparedAppend, prepareAppend, someLending } from './lending.ts';
import { progress } from './progress.ts';
import { RawStore } from './raw-store.ts';

const REPEATS = 8;

/**
 * EXPLAIN (ANALYZE, BUFFERS) of every statement that one query and one append execute, those inside of functions too:
 * the plan of the last of several executions, which is the one that PostgreSQL stays with.
 */
export async function printPlans(url: string): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const pool = stack.adopt(explainingPool(url), (opened) => opened.end());
  const notices: string[] = [];
  pool.on('connect', (client) => client.on('notice', ({ message }) => notices.push(message ?? '')));
  const { queried, changed } = await findBooks(pool, 1);
  const [raw, store] = [new RawStore(pool), await openPostgresEventStore({ primary: pool })];
  const print = async (title: string, work: () => Promise<unknown>) => {
    let plans: string[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      notices.length = 0;
      await work();
      plans = [...notices];
    }
    console.log([`\n=== ${title}`, ...plans].join('\n'));
  };
  await print('RAW query', () => raw.query(queried.book()));
  await print('store query', () => store.query(someLending(queried).filter));
  const prepared: PreparedAppend[] = [];
  for (let made = 0; made < 2 * REPEATS; made++)
    prepared.push(await prepareAppend(someLending(changed), store, 1));
  await print('RAW append', () => raw.insert(prepared.pop()?.events ?? []));
  await print('store append', async () => {
    const append = prepared.pop();
    if (append) await store.append(append.filter, append.position, append.events);
  });
}

const explaining = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_nested_statements': 'on',
  // Notices instead of lines in the server's log.
  client_min_messages: 'log',
};

function explainingPool(url: string) {
  const connection = new URL(url);
  const settings = Object.entries(explaining).map(([name, value]) => `-c ${name}=${value}`);
  const own = connection.searchParams.get('options') ?? '';
  connection.searchParams.set('options', [own, ...settings].join(' ').trim());
  return openPool({ connectionString: connection.href, applicationName: 'plans', max: 1, log: progress });
}
