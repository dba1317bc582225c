import {
  type Disposable,
  EventEmitter,
  env,
  type LogOutputChannel,
  l10n,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
  workspace,
} from 'vscode';
import type { FromPanelMessage, ToPanelMessage } from '../../server/protocol/panel-messages.ts';
import { decodeProfile } from '../../server/protocol/profile/decode-profile.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { faults } from '../faults.ts';
import { reportRefusal } from '../report-fault.ts';
import { toUserFault } from '../user-fault.ts';
import { frameLocation } from './frame-location.ts';
import { fromPanelSchema } from './from-panel.ts';
import { openFrame } from './open-frame.ts';
import { panelHtml } from './panel-html.ts';
import type { Recording } from './recording.ts';

export const PANEL_TYPE = 'eventstoreProfiler.profile';

/** Told when a panel has drawn its picture. */
export interface DrawnPanel {
  readonly run: string;
  readonly boxes: number;
  readonly milliseconds: number;
}

/** A panel with what it shows. */
interface FilledPanel {
  readonly panel: WebviewPanel;
  readonly recording: Recording;
  /** Profiles of worker threads that were sent, by the names of their artifacts. */
  readonly threads: Map<string, Profile>;
}

type NamedFrame = Pick<Extract<FromPanelMessage, { type: 'open-source' }>, 'frame' | 'thread'>;

/** The flame graphs that are open. A panel shows one recording and is told of it when its page is ready. */
export class ProfilePanels implements Disposable {
  readonly #extension: Uri;
  readonly #log: LogOutputChannel;
  readonly #drawn = new EventEmitter<DrawnPanel>();

  readonly onDidDraw = this.#drawn.event;

  constructor(extension: Uri, log: LogOutputChannel) {
    this.#extension = extension;
    this.#log = log;
  }

  open(recording: Recording): void {
    const panel = window.createWebviewPanel(PANEL_TYPE, recording.title, ViewColumn.Active);
    this.fill(panel, recording);
  }

  /** Shows a recording in a panel that VS Code has made: a new one, or one from before a restart. */
  fill(panel: WebviewPanel, recording: Recording): void {
    const pages = Uri.joinPath(this.#extension, 'dist/webview');
    panel.title = recording.title;
    panel.webview.options = { enableScripts: true, localResourceRoots: [pages] };
    const threads = new Map<string, Profile>();
    const filled = { panel, recording, threads };
    panel.webview.onDidReceiveMessage((message) => this.#hear(message, filled));
    panel.webview.html = panelHtml(panel.webview, pages);
  }

  dispose(): void {
    this.#drawn.dispose();
  }

  async #hear(message: unknown, filled: FilledPanel): Promise<void> {
    const { panel, recording } = filled;
    const parsed = fromPanelSchema.safeParse(message);
    if (!parsed.success)
      return this.#log.warn(`A message of a panel was not understood: ${parsed.error.message}`);
    const heard = parsed.data;
    switch (heard.type) {
      case 'ready':
        await panel.webview.postMessage(toPanel(recording));
        return;
      case 'drawn':
        this.#log.info(`Flame graph of ${recording.run}: ${heard.boxes} boxes in ${heard.milliseconds} ms.`);
        this.#drawn.fire({ run: recording.run, boxes: heard.boxes, milliseconds: heard.milliseconds });
        return;
      case 'open-source':
        return this.#openSource(filled, heard);
      case 'show-thread':
        await panel.webview.postMessage(await this.#thread(filled, heard.thread));
        return;
      case 'copy':
        await env.clipboard.writeText(heard.text);
        return;
      case 'error':
        return reportRefusal(new Error(l10n.t('The flame graph has a fault: {0}', heard.message)), this.#log);
    }
  }

  async #thread({ recording, threads }: FilledPanel, thread: string): Promise<ToPanelMessage> {
    try {
      const profile = await recording.readThread(thread);
      threads.set(thread, decodeProfile(profile));
      return { type: 'thread', thread, profile };
    } catch (error) {
      const { message, advice = '' } = toUserFault(error);
      this.#log.warn(`Thread ${thread} of ${recording.run}: ${message}`);
      return { type: 'no-thread', thread, message: `${message} ${advice}`.trim() };
    }
  }

  async #openSource(filled: FilledPanel, { frame, thread }: NamedFrame): Promise<void> {
    try {
      const profile = profileOf(filled, thread);
      await openFrame(await frameLocation(profile, frame, this.#foldersToOpen()));
    } catch (error) {
      await reportRefusal(error, this.#log);
    }
  }

  #foldersToOpen(): string[] {
    const folders = workspace.workspaceFolders ?? [];
    return [...folders.map(({ uri }) => uri), this.#extension].map(({ fsPath }) => fsPath);
  }
}

/** What a panel's indices of frames are of. */
function profileOf({ recording, threads }: FilledPanel, thread: string | null): Profile {
  const profile = thread === null ? recording.profile : threads.get(thread);
  if (profile === undefined) throw faults.noThread(String(thread), recording.run);
  return profile;
}

function toPanel({ run, title, bytes, result, pauses }: Recording): ToPanelMessage {
  return { type: 'profile', title, profile: bytes, result, run, ...(pauses !== undefined && { pauses }) };
}
