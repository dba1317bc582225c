import './panel.css';
import type { FromPanelMessage, PanelState } from '../../server/protocol/panel-messages.ts';
import { decodeProfile } from '../../server/protocol/profile/decode-profile.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { element } from '../element.ts';
import { FlameGraph } from './flame-graph.ts';
import { type ReceivedProfile, readPanelMessage } from './read-panel-message.ts';

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
}

const vscode = acquireVsCodeApi();
const notice = element('p', { class: 'panel-notice', text: 'Waiting for the profile …' });
let shown: Omit<SavedState, 'picture'> = { profile: '' };

const flame = new FlameGraph({
  openSource: (frame) => vscode.postMessage({ type: 'open-source', frame }),
  copy: (text) => vscode.postMessage({ type: 'copy', text }),
  save,
});

// In the page from the start: the controls take their time to get ready, which is better spent before the profile comes.
flame.root.hidden = true;
document.body.append(notice, flame.root);
addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const received = readPanelMessage(data);
  if (received !== null) show(received);
});
addEventListener('error', ({ message }) => vscode.postMessage({ type: 'error', message }));
addEventListener('unhandledrejection', ({ reason }) => {
  vscode.postMessage({ type: 'error', message: textOf(reason) });
});
vscode.postMessage({ type: 'ready' });

function show({ title, profile: bytes, facts, run, pauses }: ReceivedProfile): void {
  const started = performance.now();
  try {
    const profile = decodeProfile(bytes);
    shown = { profile: identityOf(profile), ...(run === undefined ? {} : { run }) };
    const saved = savedFor(shown.profile);
    // At once, and not only when the user changes something: the editor may close at any time.
    save(saved);
    document.title = title;
    notice.hidden = true;
    flame.root.hidden = false;
    const boxes = flame.show(profile, { facts, saved, pauses });
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
  flame.root.hidden = true;
  vscode.postMessage({ type: 'error', message: textOf(error) });
}

function identityOf({ title, startedAt, samples }: Profile): string {
  return JSON.stringify([title, startedAt, samples.length]);
}

function savedFor(profile: string): unknown {
  const state = vscode.getState();
  if (typeof state !== 'object' || state === null) return null;
  const { profile: savedProfile, picture } = state as Partial<SavedState>;
  return savedProfile === profile ? picture : null;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
