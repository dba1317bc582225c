import type { AttachResult } from './attach.ts';
import type { ProfileResult } from './run.ts';

/** From the extension to a profile panel. */
export type ToPanelMessage = ShowProfileMessage | ThreadMessage | NoThreadMessage;

export interface ShowProfileMessage {
  readonly type: 'profile';
  readonly title: string;
  /** A profile in the form that `encodeProfile` gives. */
  readonly profile: ArrayBuffer;
  /** Absent when the profile was opened from a file. */
  readonly result?: ProfileResult | AttachResult;
  /** Content of the run's file of pauses (`GC_PAUSES_FILE`); absent where it has none. */
  readonly pauses?: unknown;
  /** Id of the run. The panel keeps it in its state, see `PanelState`. */
  readonly run?: string;
}

/** The profile of a worker thread that the panel has asked for. */
export interface ThreadMessage {
  readonly type: 'thread';
  /** Name of its artifact. */
  readonly thread: string;
  readonly profile: ArrayBuffer;
}

/** Why there is none, in a sentence. */
export interface NoThreadMessage {
  readonly type: 'no-thread';
  readonly thread: string;
  readonly message: string;
}

/** The part of a panel's state (`setState`) that the extension reads to fill the panel again after a restart. */
export interface PanelState {
  readonly run?: string;
}

/** From a profile panel to the extension. Frames travel as indices: the panel never names a path. */
export type FromPanelMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'drawn'; readonly boxes: number; readonly milliseconds: number }
  /** Wants a `thread` or `no-thread` with the same name. */
  | { readonly type: 'show-thread'; readonly thread: string }
  /** A frame of the main thread (null) or of a worker thread that was sent. */
  | { readonly type: 'open-source'; readonly frame: number; readonly thread: string | null }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'error'; readonly message: string };
