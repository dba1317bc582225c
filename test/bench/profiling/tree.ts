import { fork } from 'node:child_process';
import { once } from 'node:events';
import { table } from '../../../server/protocol/table.ts';

/** Milliseconds; p50 of the rounds. */
export interface TreeFigure {
  readonly name: string;
  readonly wallMillis: number;
  /** Of the processor: what the operation takes where nobody else wants it. */
  readonly cpuMillis: number;
  /** CPU time by that of the reference, interleaved with it. */
  readonly ratio: number;
  /** Boxes, lines, nodes or rows of what came out. */
  readonly length: number;
}

export interface TreeReport {
  readonly nodes: number;
  readonly samples: number;
  readonly rounds: number;
  readonly figures: readonly TreeFigure[];
  /** Largest resident memory of the process, with the profile and everything that was made of it. */
  readonly peakBytes: number;
}

const AIM_MILLIS = 300;
const AIM_BYTES = 2 ** 30;

/** Every operation on call trees on 1,000,000 nodes and 5,000,000 samples, in a process of its own for its memory. */
export async function benchmarkTree(): Promise<object> {
  const child = fork(new URL('tree-operations.ts', import.meta.url), { serialization: 'advanced' });
  const [report] = (await once(child, 'message')) as [TreeReport];
  const rows = report.figures.map((figure) => [
    figure.name,
    figure.wallMillis.toFixed(0),
    figure.cpuMillis.toFixed(0),
    figure.ratio.toFixed(1),
    figure.length.toLocaleString('en'),
    figure.cpuMillis <= AIM_MILLIS ? '' : `above ${AIM_MILLIS} ms`,
  ]);
  const head = ['operation', 'p50 ms', 'CPU ms', '÷ reference', 'length', ''];
  console.log(
    `${report.nodes.toLocaleString('en')} nodes, ${report.samples.toLocaleString('en')} samples, ${report.rounds} rounds`,
  );
  console.log(table(head, rows, [0, 5]));
  const mib = (report.peakBytes / 2 ** 20).toFixed(0);
  console.log(`Largest resident memory: ${mib} MiB${report.peakBytes <= AIM_BYTES ? '' : ', above 1 GiB'}`);
  return report;
}
