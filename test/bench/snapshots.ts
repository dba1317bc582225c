import os from 'node:os';
import { BenchCluster } from './eventstore/bench-cluster.ts';
import { progress } from './eventstore/progress.ts';
import { keepReport } from './keep-report.ts';
import { type HitRow, measureHits } from './snapshots/hits.ts';
import { type Section, type SnapshotBenchOptions, snapshotBenchOptions, usage } from './snapshots/options.ts';
import { formLine, hitLine, hitNotes, loadLines } from './snapshots/print.ts';
import { openScene } from './snapshots/scene.ts';
import { type LoadReport, simulatedLoad } from './snapshots/simulated-load.ts';
import { type FormRow, measureForms } from './snapshots/storage-forms.ts';

/**
 * What snapshots save: `BooksInCirculation` from its whole history against the same from a kept state, in turn on the same
 * database. Ends with code 0 whether or not an aim was missed: the machine may be busy.
 */
export async function benchmarkSnapshots(): Promise<void> {
  const options = optionsOrExit();
  await using cluster = await BenchCluster.start(options.keep);
  await using database = await cluster.database(options.events);
  await using scene = await openScene(database.url());
  const wants = (section: Section) => options.only.includes(section);
  let hits: readonly HitRow[] = [];
  let forms: readonly FormRow[] = [];
  let load: LoadReport | undefined;
  if (wants('hits')) {
    hits = await measureHits(scene, options);
    for (const row of hits) console.log(hitLine(row, hits));
    for (const line of hitNotes(hits, await scene.store.listSnapshots())) console.log(line);
  }
  if (wants('forms')) {
    forms = await measureForms(scene.pool, await scene.state(), Math.max(3, Math.round(options.rounds / 6)));
    for (const row of forms) console.log(formLine(row));
  }
  if (wants('simulation')) {
    progress(`simulating for ${options.minutes} minutes`);
    load = await simulatedLoad(database.url(), options.minutes);
    for (const line of loadLines(load)) console.log(line);
  }
  await keepReport('snapshots', {
    date: new Date().toISOString(),
    node: process.version,
    postgresql: cluster.version,
    platform: `${process.platform} ${process.arch}`,
    cores: os.availableParallelism(),
    cpu: os.cpus()[0]?.model,
    ...options,
    settings: await cluster.settings(),
    snapshots: await scene.store.listSnapshots(),
    hits,
    forms,
    load,
  });
}

function optionsOrExit(): SnapshotBenchOptions {
  try {
    return snapshotBenchOptions(process.argv.slice(3));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    process.exit(2);
  }
}
