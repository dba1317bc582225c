import { setTimeout as delay } from 'node:timers/promises';
import type { ServerClient } from '../protocol/client.ts';
import { counted } from '../protocol/figures.ts';
import type { Run } from '../protocol/run.ts';

interface Waiting {
  readonly signal: AbortSignal;
  /** Told of the state of things at first and whenever it changes. */
  readonly say: (line: string) => void;
}

const POLL_MS = 200;

/** Resolves when no run is queued or running. @throws the signal's reason */
export async function untilNoRunIsOpen(client: ServerClient, waiting: Waiting): Promise<void> {
  await untilNone(waiting, async () => {
    const open = (await client.runs({ signal: waiting.signal })).filter(isOpen).length;
    return { count: open, line: `Waiting for the run of another client: ${open} open` };
  });
}

/** Resolves when nothing is ahead of a run any more. @throws the signal's reason */
export async function untilFirst(client: ServerClient, id: string, waiting: Waiting): Promise<void> {
  await untilNone(waiting, async () => {
    const runs = await client.runs({ signal: waiting.signal });
    const own = runs.findIndex((run) => run.id === id);
    const ahead = runs[own]?.state === 'queued' ? runs.slice(0, own).filter(isOpen).length : 0;
    return { count: ahead, line: `Waiting: ${counted(ahead, 'run')} ahead` };
  });
}

async function untilNone(
  { signal, say }: Waiting,
  look: () => Promise<{ readonly count: number; readonly line: string }>,
): Promise<void> {
  let said = 0;
  while (true) {
    const { count, line } = await look();
    if (count === 0) return;
    if (count !== said) say(line);
    said = count;
    await delay(POLL_MS, undefined, { signal });
  }
}

function isOpen({ state }: Run): boolean {
  return state === 'queued' || state === 'running';
}
