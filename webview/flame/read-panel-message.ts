import type { NoThreadMessage, ShowProfileMessage } from '../../server/protocol/panel-messages.ts';
import { type RunFacts, runFactsOf } from './run-facts.ts';
import type { WorkerThread } from './worker-thread.ts';

/** A message of the extension, as far as the panel uses it. */
export type Received = ReceivedProfile | ReceivedThread | NoThreadMessage;

export interface ReceivedProfile {
  readonly type: 'profile';
  readonly title: string;
  readonly profile: ArrayBuffer;
  readonly facts: RunFacts;
  readonly workers: readonly WorkerThread[];
  /** Not checked yet. */
  readonly pauses?: unknown;
  /** Kept in the state for the extension, see `PanelState`. */
  readonly run?: string;
}

interface ReceivedThread {
  readonly type: 'thread';
  readonly thread: string;
  readonly profile: ArrayBuffer;
}

type Fields = Partial<Record<keyof ShowProfileMessage | keyof NoThreadMessage, unknown>>;

/** Null for anything that is no such message: every script in the page may post to its window. */
export function readPanelMessage(data: unknown): Received | null {
  if (typeof data !== 'object' || data === null) return null;
  const fields = data as Fields;
  const { type, thread, message } = fields;
  if (type === 'profile') return profileOf(fields);
  if (typeof thread !== 'string') return null;
  if (type === 'no-thread' && typeof message === 'string') return { type, thread, message };
  const profile = type === 'thread' ? bytesOf(fields.profile) : null;
  return profile === null ? null : { type: 'thread', thread, profile };
}

function profileOf({ title, profile, result, run, pauses }: Fields): ReceivedProfile | null {
  const bytes = bytesOf(profile);
  if (typeof title !== 'string' || bytes === null) return null;
  return {
    ...{ type: 'profile', title, profile: bytes, facts: runFactsOf(result), workers: workersOf(result) },
    ...(pauses === undefined ? {} : { pauses }),
    ...(typeof run === 'string' ? { run } : {}),
  };
}

/** Typed arrays are welcome too: their bytes may not start where a buffer starts, so they are copied. */
function bytesOf(profile: unknown): ArrayBuffer | null {
  if (profile instanceof ArrayBuffer) return profile;
  return profile instanceof Uint8Array ? profile.slice().buffer : null;
}

/** The threads in the result of a run; whatever is none is left out. */
function workersOf(result: unknown): WorkerThread[] {
  const threads = typeof result === 'object' && result !== null && 'threads' in result ? result.threads : [];
  return Array.isArray(threads) ? threads.filter(isWorker) : [];
}

function isWorker(thread: unknown): thread is WorkerThread {
  if (typeof thread !== 'object' || thread === null) return false;
  const { name, profile, samples, busySamples } = thread as Partial<Record<keyof WorkerThread, unknown>>;
  const isNamed = typeof name === 'string' && typeof profile === 'string';
  return isNamed && typeof samples === 'number' && typeof busySamples === 'number';
}
