import os from 'node:os';
import { openPool } from '../../server/database/pool.ts';
import { BenchCluster } from './eventstore/bench-cluster.ts';
import { benchOptions } from './eventstore/options.ts';
import type { Percentiles } from './eventstore/percentiles.ts';
import { progress } from './eventstore/progress.ts';
import { keepReport } from './keep-report.ts';
import { compareLayouts, type LayoutResult } from './layouts/compare-layouts.ts';

// The rows that are asked for of all layouts together; with PostgreSQL's 128 MB they would push each other out.
const settings = { shared_buffers: '2GB' };

/**
 * `npm run bench -- eventstore-layouts [--events 1000000] [--rounds 2000] [--keep <folder>]`: what the index layouts in
 * layouts/layout.ts cost, without any safety. Compare the lines of one run.
 */
export async function benchmarkLayouts(): Promise<void> {
  const { events, rounds, keep } = benchOptions(process.argv.slice(3));
  await using cluster = await BenchCluster.start(keep, settings);
  await using database = await cluster.database(events);
  // One connection, so that its CPU time is that of the operations.
  const pool = openPool({
    connectionString: database.url(),
    applicationName: 'benchmark',
    max: 1,
    log: progress,
  });
  try {
    const results = await compareLayouts(pool, rounds);
    print(results);
    const report = { date: new Date().toISOString(), node: process.version, postgresql: cluster.version };
    await keepReport('eventstore-layouts', {
      ...report,
      cores: os.availableParallelism(),
      events,
      rounds,
      settings,
      results,
    });
  } finally {
    await pool.end();
  }
}

const columns = [
  'query p50/p99',
  'after inserts',
  'query CPU',
  'insert p50/p99',
  'insert CPU',
  'indexes',
  'table',
  'load + index',
  '6 hours p50/p99',
];

function print(results: readonly LayoutResult[]): void {
  console.log(['layout'.padEnd(52), ...columns.map((column) => column.padEnd(16))].join(''));
  for (const result of results) {
    console.log([result.name.padEnd(52), ...cells(result).map((cell) => cell.padEnd(16))].join('').trimEnd());
  }
}

function cells(result: LayoutResult): string[] {
  const pair = ({ p50, p99 }: Percentiles) => `${p50.toFixed(3)} / ${p99.toFixed(2)}`;
  const { load, size, queryCpu, insertCpu, timeRange } = result;
  return [
    pair(result.query),
    pair(result.queryAfterInserts),
    `${queryCpu.server?.toFixed(0) ?? '?'} µs`,
    pair(result.insert),
    `${insertCpu.server?.toFixed(0) ?? '?'} µs`,
    `${size.indexes.toFixed(0)} MB`,
    `${size.table.toFixed(0)} MB`,
    `${load.fill.toFixed(1)} + ${load.index.toFixed(1)} s`,
    timeRange ? pair(timeRange) : '',
  ];
}
