import { closeSync, openSync, writeSync } from 'node:fs';
import { createRandom, type Random } from '../../../server/lib/random.ts';

export interface LargeCpuProfileSize {
  readonly nodes: number;
  readonly samples: number;
}

const FUNCTIONS = 4000;
const FILES = 300;
const CHUNK = 2 ** 20;

/**
 * Writes a `.cpuprofile` as Node.js does, of any size: functions of a few hundred files, a tree in which every node stands
 * below a recent one, some with line ticks, samples that mostly stay near the one before. The same size gives the same
 * bytes. Gives the number of bytes.
 */
export function writeLargeCpuProfile(file: string, { nodes, samples }: LargeCpuProfileSize): number {
  const random = createRandom(20);
  const parents = Int32Array.from({ length: nodes }, (_, at) =>
    at === 0 ? 0 : Math.max(1, at - random.below(Math.min(at, 40))),
  );
  const children = Array.from({ length: nodes + 1 }, (): number[] => []);
  for (let at = 1; at < nodes; at++) children[parents[at] ?? 0]?.push(at + 1);
  const out = new TextFile(file);
  out.write('{"nodes":[');
  for (let at = 0; at < nodes; at++)
    out.write((at === 0 ? '' : ',') + nodeText(at, children[at + 1] ?? [], random));
  out.write('],"startTime":1000000,"endTime":9000000000,"samples":[');
  let node = 1;
  for (let at = 0; at < samples; at++) {
    node = random.chance(0.02)
      ? 1 + random.below(nodes)
      : Math.min(nodes, Math.max(1, node + random.below(5) - 2));
    out.write(at === 0 ? String(node) : `,${node}`);
  }
  out.write('],"timeDeltas":[');
  for (let at = 0; at < samples; at++) out.write((at === 0 ? '' : ',') + (150 + random.below(1300)));
  out.write(']}');
  return out.close();
}

function nodeText(at: number, children: readonly number[], random: Random): string {
  const name = at === 0 ? 0 : 1 + random.below(FUNCTIONS);
  const callFrame =
    at === 0
      ? { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 }
      : {
          functionName: `function${name}`,
          scriptId: String(60 + (name % FILES)),
          url: `file:///home/someone/projects/library/node_modules/package-${name % FILES}/dist/source/module.js`,
          lineNumber: name * 3,
          columnNumber: name % 40,
        };
  const positionTicks = random.chance(0.2)
    ? { positionTicks: [{ line: name * 3 + 4, ticks: 1 + random.below(9) }] }
    : {};
  return JSON.stringify({ id: at + 1, callFrame, hitCount: random.below(20), children, ...positionTicks });
}

class TextFile {
  readonly #file: number;
  readonly #parts: string[] = [];
  #length = 0;
  #written = 0;

  constructor(file: string) {
    this.#file = openSync(file, 'w');
  }

  write(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
    if (this.#length > CHUNK) this.#flush();
  }

  close(): number {
    this.#flush();
    closeSync(this.#file);
    return this.#written;
  }

  #flush(): void {
    this.#written += writeSync(this.#file, this.#parts.join(''));
    this.#parts.length = 0;
    this.#length = 0;
  }
}
