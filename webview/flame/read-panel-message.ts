import type { ToPanelMessage } from '../../server/protocol/panel-messages.ts';
import { type RunFacts, runFactsOf } from './run-facts.ts';

/** A message of the extension, as far as the panel uses it. */
export interface ReceivedProfile {
  readonly title: string;
  readonly profile: ArrayBuffer;
  readonly facts: RunFacts;
  /** Not checked yet. */
  readonly pauses?: unknown;
  /** Kept in the state for the extension, see `PanelState`. */
  readonly run?: string;
}

/** Null for anything that is no such message: every script in the page may post to its window. */
export function readPanelMessage(data: unknown): ReceivedProfile | null {
  if (typeof data !== 'object' || data === null) return null;
  const { type, title, profile, result, run, pauses } = data as Partial<
    Record<keyof ToPanelMessage, unknown>
  >;
  if (type !== 'profile' || typeof title !== 'string') return null;
  const bytes = bytesOf(profile);
  if (bytes === null) return null;
  return {
    ...{ title, profile: bytes, facts: runFactsOf(result) },
    ...(pauses === undefined ? {} : { pauses }),
    ...(typeof run === 'string' ? { run } : {}),
  };
}

/** Typed arrays are welcome too: their bytes may not start where a buffer starts, so they are copied. */
function bytesOf(profile: unknown): ArrayBuffer | null {
  if (profile instanceof ArrayBuffer) return profile;
  return profile instanceof Uint8Array ? profile.slice().buffer : null;
}
