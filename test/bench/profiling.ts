import os from 'node:os';
import { parseArgs } from 'node:util';
import { keepReport } from './keep-report.ts';
import { benchmarkConvert } from './profiling/convert.ts';
import { benchmarkOverhead } from './profiling/overhead.ts';
import { benchmarkStatements } from './profiling/statements.ts';
import { benchmarkTree } from './profiling/tree.ts';

/** The parts by name; each prints its figures and gives them back. */
const SECTIONS: Readonly<Record<string, () => Promise<object>>> = {
  convert: benchmarkConvert,
  overhead: benchmarkOverhead,
  statements: benchmarkStatements,
  tree: benchmarkTree,
};

/** What profiles cost: to read. Ends with code 0 whether or not an aim was missed: the machine may be busy. */
export async function benchmarkProfiling(): Promise<void> {
  const report: Record<string, object> = {};
  for (const [name, measure] of chosen()) report[name] = await measure();
  await keepReport('profiling', {
    date: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: os.availableParallelism(),
    cpu: os.cpus()[0]?.model,
    ...report,
  });
}

function chosen(): readonly (readonly [string, () => Promise<object>])[] {
  const all = Object.keys(SECTIONS).join(',');
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { only: { type: 'string', default: all } },
  });
  const named = values.only.split(',').map((name) => ({ name, measure: SECTIONS[name] }));
  return named.map(({ name, measure }) => [name, measure ?? unknownPart(name, all)] as const);
}

function unknownPart(name: string, all: string): never {
  console.error(`There is no part ${name}.\nnpm run bench -- profiling [--only ${all}]`);
  process.exit(2);
}
