import './panel.css';
import type { FromPanelMessage, PanelState } from '../../server/protocol/panel-messages.ts';
import { decodeProfile } from '../../server/protocol/profile/decode-profile.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { element } from '../element.ts';
import { FlameGraph } from './flame-graph.ts';
import { type Received, type ReceivedProfile, readPanelMessage } from './read-panel-message.ts';
import { ThreadsPicture } from './threads-picture.ts';

/** What VS Code gives to the script of a webview, once. */
interface VsCodeApi {
  postMessage(message: FromPanelMessage): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare const acquireVsCodeApi: () => VsCodeApi;

/** State is kept for one profile: that of another one would show a wrong place. */
interface SavedState extends PanelState {
  readonly profile: string;
  readonly picture: unknown;
  /** The worker thread that is shown; absent for the main thread. */
  readonly thread?: string;
}

const vscode = acquireVsCodeApi();
const notice = element('p', { class: 'panel-notice', text: 'Waiting for the profile …' });
let shown: Omit<SavedState, 'picture'> = { profile: '' };

const flame = new FlameGraph({
  openSource: (frame) => vscode.postMessage({ type: 'open-source', frame, thread: threads.thread }),
  copy: (text) => vscode.postMessage({ type: 'copy', text }),
  save,
});

/** What the extension has been asked for: artifact of a thread to what is told when it comes. */
const asked = new Map<string, PromiseWithResolvers<Profile>>();
const threads = new ThreadsPicture(flame, {
  fetch: (thread) => {
    const answer = asked.get(thread) ?? Promise.withResolvers<Profile>();
    asked.set(thread, answer);
    vscode.postMessage({ type: 'show-thread', thread });
    return answer.promise;
  },
  fault: (error) =>
    element('p', { class: 'panel-notice is-wrong', text: textOf(error), attributes: { role: 'alert' } }),
  chosen: (thread) => {
    const { thread: _, ...main } = shown;
    shown = thread === null ? main : { ...main, thread };
  },
});

// In the page from the start: the controls take their time to get ready, which is better spent before the profile comes.
document.body.append(notice, threads.head, flame.root);
addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const received = readPanelMessage(data);
  if (received !== null) take(received);
});
addEventListener('error', ({ message }) => vscode.postMessage({ type: 'error', message }));
addEventListener('unhandledrejection', ({ reason }) => {
  vscode.postMessage({ type: 'error', message: textOf(reason) });
});
vscode.postMessage({ type: 'ready' });

function take(received: Received): void {
  if (received.type === 'profile') {
    show(received);
    return;
  }
  const answer = asked.get(received.thread);
  asked.delete(received.thread);
  if (received.type === 'no-thread') answer?.reject(new Error(received.message));
  else answer?.resolve(Promise.resolve(received.profile).then(decodeProfile));
}

function show({ title, profile: bytes, facts, run, pauses, workers }: ReceivedProfile): void {
  const started = performance.now();
  try {
    const profile = decodeProfile(bytes);
    shown = { profile: identityOf(profile), ...(run === undefined ? {} : { run }) };
    const { picture: saved = null, thread = null } = savedFor(shown.profile);
    // At once, and not only when the user changes something: the editor may close at any time.
    save(saved);
    document.title = title;
    notice.hidden = true;
    const boxes = threads.show({ profile, facts, pauses, workers }, { saved, thread });
    vscode.postMessage({ type: 'drawn', boxes, milliseconds: performance.now() - started });
  } catch (error) {
    fail(error);
  }
}

function save(picture: unknown): void {
  vscode.setState({ ...shown, picture } satisfies SavedState);
}

/** A profile that cannot be read is a sentence in the panel, and an error in the extension's log. */
function fail(error: unknown): void {
  const advice = error instanceof Error && 'advice' in error ? ` ${String(error.advice)}` : '';
  notice.textContent = textOf(error) + advice;
  notice.classList.add('is-wrong');
  notice.setAttribute('role', 'alert');
  notice.hidden = false;
  threads.hide();
  vscode.postMessage({ type: 'error', message: textOf(error) });
}

function identityOf({ title, startedAt, samples }: Profile): string {
  return JSON.stringify([title, startedAt, samples.length]);
}

function savedFor(profile: string): Partial<SavedState> {
  const state = vscode.getState();
  if (typeof state !== 'object' || state === null) return {};
  const saved = state as Partial<SavedState>;
  return saved.profile === profile ? saved : {};
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
