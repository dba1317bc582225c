import type { Way, WayAnswer, WayOrder, WayRequest } from './generation.ts';
import { bareWay, cpuWay, type Measured, phasesWay, type WayOptions } from './ways.ts';

const OPENED: Readonly<Record<Way, (options: WayOptions) => Promise<Measured>>> = {
  bare: bareWay,
  control: bareWay,
  cpu: cpuWay,
  phases: phasesWay,
};

const order = JSON.parse(process.argv[2] ?? '') as WayOrder;
const measured = await OPENED[order.way](order);

const tell = (answer: WayAnswer) => void process.send?.(answer);

async function answer(request: WayRequest): Promise<void> {
  if (request !== 'end') return tell(await measured.slice(order.operations, request.isEstimated));
  tell({ faults: measured.library.faults });
  await measured[Symbol.asyncDispose]();
  process.off('disconnect', interrupted);
  process.disconnect?.();
}

// Nobody is left to tell when the benchmark was interrupted.
function interrupted(): void {
  process.exit(130);
}

process.once('disconnect', interrupted);
process.on('message', (request: WayRequest) => void answer(request));
tell('ready');
