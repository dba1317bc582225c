import { bytes } from './figures.ts';
import type { OutsideHeap } from './outside-heap.ts';

/** Below it nobody looks for them. */
const LARGE = 1e6;

/** Beside the sampled bytes: what is a tenth of them changes the picture. */
const LARGE_SHARE = 0.1;

/**
 * What a reader of a heap's picture should know of the bytes that are not in it: how many were seen, and a hint where
 * they are many beside those that are. The first sentence is of every recording.
 * @param sampled bytes that the picture shows
 */
export function outsideHeapLines({ before, after, peak }: OutsideHeap, sampled: number): string[] {
  const grown = peak - before.external;
  const known = `outside the heap: ${told(before)} before, ${told(after)} after, up to ${bytes(peak)} seen at borders of phases; what came and went between two of them was not seen, and Buffers, ArrayBuffers and native memory are not in the picture`;
  if (grown < LARGE || grown < LARGE_SHARE * sampled) return [known];
  return [
    known,
    `Look there too: up to ${bytes(grown)} more than before were seen outside the heap at borders of phases, beside ${bytes(sampled)} in the picture.`,
  ];
}

function told({ external, arrayBuffers }: OutsideHeap['before']): string {
  return `${bytes(external)} (${bytes(arrayBuffers)} of Buffers)`;
}
