import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { FromPanelMessage } from '../../../server/protocol/panel-messages.ts';
import { encodeProfile } from '../../../server/protocol/profile/encode-profile.ts';
import type { Profile } from '../../../server/protocol/profile/profile.ts';
import { servePages } from './page-server.ts';

/** The controls try an empty style sheet to learn what the browser can; this is the hash of nothing. */
const EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
const NONCE = 'cGFuZWwtdGVzdA==';

/** The policy that the panel needs: its script by nonce, its style sheet by origin, a worker of its own, nothing else. */
const POLICY = `default-src 'none'; script-src 'nonce-${NONCE}'; style-src 'self' ${EMPTY_STYLE}; worker-src blob:`;

/** Stands where VS Code's own script stands: gives the API once, keeps messages and state. */
const HOST = `
  window.posted = [];
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) =>
    window.violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));
  let given = false;
  window.acquireVsCodeApi = () => {
    if (given) throw new Error('The API was asked for twice.');
    given = true;
    return {
      postMessage: (message) => { window.posted.push(message); },
      getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
      setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
    };
  };
`;

export interface PanelPage extends AsyncDisposable {
  readonly page: Page;
  /** What the page reported that it should not have: errors, console errors, violations of the policy. */
  faults(): Promise<readonly string[]>;
  /** Posts a profile as the extension does and waits until it is drawn; returns the panel's `drawn` message. */
  show(profile: Profile, result?: unknown): Promise<Extract<FromPanelMessage, { type: 'drawn' }>>;
  post(message: unknown): Promise<void>;
  /** Answers the panel's wish for a worker thread as the extension does. */
  sendThread(thread: string, profile: Profile): Promise<void>;
  /** As VS Code does when a hidden panel is shown again: the page is new, its state is kept. */
  reload(): Promise<void>;
  posted(): Promise<readonly FromPanelMessage[]>;
  /** Resolves when nothing moves any more. */
  still(): Promise<void>;
}

/** The panel's page in a browser, in a host that gives `acquireVsCodeApi` and real messages. */
export async function openPanel(
  browser: Browser,
  folder: string,
  options: BrowserContextOptions = {},
): Promise<PanelPage> {
  const server = await servePages(folder, { '/panel.html': html(), '/host.js': HOST });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  const ready = () => page.evaluate(untilPosted, 'ready');
  await page.goto(`${server.url}/panel.html`);
  await ready();
  return {
    page,
    faults: async () => [...errors, ...(await page.evaluate<string[]>('window.violations'))],
    reload: async () => {
      await page.reload();
      await ready();
    },
    posted: () => page.evaluate<FromPanelMessage[]>('window.posted'),
    post: (message) => page.evaluate((data) => window.postMessage(data, '*'), message),
    sendThread: (thread, profile) =>
      page.evaluate(postThread, { thread, bytes: [...new Uint8Array(encodeProfile(profile))] }),
    still: () => page.evaluate(untilStill),
    show: async (profile, result) => {
      await page.evaluate(sendProfile, { bytes: [...new Uint8Array(encodeProfile(profile))], result });
      return (await page.evaluate(untilPosted, 'drawn')) as Extract<FromPanelMessage, { type: 'drawn' }>;
    },
    [Symbol.asyncDispose]: async () => {
      await context.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

// The three below run in the page. They wait there, frame by frame: what Playwright has for that would evaluate text,
// which the policy forbids.

async function untilPosted(type: string): Promise<FromPanelMessage> {
  const posted = () => (window as unknown as { posted: FromPanelMessage[] }).posted;
  for (;;) {
    const message = posted().find((candidate) => candidate.type === type);
    if (message !== undefined) return message;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}

async function untilStill(): Promise<void> {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const isStill = () => document.querySelector<HTMLElement>('.flame')?.dataset['still'] === 'true';
  // What was just asked for is drawn in the next frame, and may begin to move there.
  do {
    await frame();
    await frame();
  } while (!isStill());
}

function sendProfile({ bytes, result }: { bytes: number[]; result: unknown }): void {
  const profile = Uint8Array.from(bytes).buffer;
  Object.assign(window, { posted: [] });
  window.postMessage({ type: 'profile', title: 'Profile', profile, result }, '*', [profile]);
}

function postThread({ thread, bytes }: { thread: string; bytes: number[] }): void {
  const profile = Uint8Array.from(bytes).buffer;
  window.postMessage({ type: 'thread', thread, profile }, '*', [profile]);
}

function html(): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<link rel="stylesheet" href="panel.css"></head><body class="vscode-light">
<script nonce="${NONCE}" src="host.js"></script>
<script type="module" nonce="${NONCE}" src="panel.js"></script></body></html>`;
}
