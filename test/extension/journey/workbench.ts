import { mkdir, readFile, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errors, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { launchBrowser } from '../../host/browser.ts';
import { temporaryFolder } from '../../host/temporary-folder.ts';
import { startVscodeServer, type VscodeServerOptions } from '../../host/vscode-server.ts';
import { workbenchUrl } from '../../host/workbench-url.ts';

const root = join(import.meta.dirname, '../../..');
/** When to open the palette anew. */
const SOON = { timeout: 2000 };
// Long enough for the first start, which fills the store, and for a whole run on a busy machine.
const PATIENCE_MS = 180_000;

/** A VS Code window, and what a person does in it. */
export class Workbench {
  readonly page: Page;
  /** Changes settings while the window is open. */
  readonly set: (settings: Readonly<Record<string, unknown>>) => Promise<void>;

  constructor(page: Page, set: Workbench['set']) {
    this.page = page;
    this.set = set;
  }

  /** Runs a command as the palette shows it. */
  async run(command: string): Promise<void> {
    const row = this.quickPick(command);
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await this.#offers(command, row))) {
      if (performance.now() > deadline) throw new Error(`The palette does not offer "${command}".`);
    }
    await row.click();
  }

  /**
   * Opens the palette and looks for a command. It lists what there is when it opens, and the extensions of a new window
   * are known a little later. A window that is busy may lose the key: Escape goes to the palette's own input only, for
   * the flame graph would take it as its own and leave its search.
   */
  async #offers(command: string, row: Locator): Promise<boolean> {
    await this.page.keyboard.press('F1');
    if (!(await inTime(this.#input.fill(`>${command}`, SOON)))) return false;
    const isOffered = await inTime(row.waitFor(SOON));
    if (!isOffered) await inTime(this.#input.press('Escape', SOON));
    return isOffered;
  }

  /** The input that asks this; the quick pick before it is the same element with another text. */
  async inputBox(prompt: string): Promise<Locator> {
    await this.page.locator('.quick-input-widget', { hasText: prompt }).waitFor();
    return this.#input;
  }

  /** Opens a file by its path. While the dialog still reads its first folder, it forgets what is typed. */
  async openFile(path: string): Promise<void> {
    await this.run('File: Open File...');
    const row = this.quickPick(basename(path));
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await inTime(row.waitFor(SOON)))) {
      if (performance.now() > deadline) throw new Error(`The dialog does not find ${path}.`);
      await this.#input.fill(dirname(path));
      await this.#input.fill(path);
    }
    await row.click();
  }

  get #input(): Locator {
    return this.page.locator('.quick-input-widget .quick-input-box input');
  }

  quickPick(text: string): Locator {
    return this.page
      .locator('.quick-input-widget .quick-input-list .monaco-list-row', { hasText: text })
      .first();
  }

  toast(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-toast', { hasText: text });
  }

  /** The page inside of the webview that is visible. */
  get panel(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  /** The item of the status bar while it says this. */
  status(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item[id$="eventstoreProfiler.server"]').getByLabel(text);
  }

  get activeTab(): Locator {
    return this.page.locator('.editor-group-container.active .tabs-container .tab.active');
  }
}

async function inTime(action: Promise<void>): Promise<boolean> {
  try {
    await action;
    return true;
  } catch (error) {
    if (error instanceof errors.TimeoutError) return false;
    throw error;
  }
}

export interface OpenWorkbench extends AsyncDisposable {
  readonly workbench: Workbench;
  /** What the pages reported against their content security policy. */
  readonly violations: readonly string[];
}

/** Opens a folder in VS Code with the extension installed. The test driver is off: with it no notification is shown. */
export async function openWorkbench(
  folder: string,
  options: Pick<VscodeServerOptions, 'restricted' | 'settings'> = {},
): Promise<OpenWorkbench> {
  await using opened = new AsyncDisposableStack();
  const extensions = opened.use(await temporaryFolder('extensions'));
  await installInto(extensions.path);
  const server = opened.use(await startVscodeServer({ ...options, extensionsFolder: extensions.path }));
  const browser = opened.use(await launchBrowser());
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.context().setDefaultTimeout(PATIENCE_MS);
  const violations: string[] = [];
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) violations.push(message.text());
  });
  await page.goto(workbenchUrl(server, { folder }), { waitUntil: 'commit' });
  await page.locator('.monaco-workbench .statusbar-item').first().waitFor();
  const resources = opened.move();
  return {
    workbench: new Workbench(page, server.set),
    violations,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** A link is enough for VS Code to take the folder for an installed extension. */
async function installInto(folder: string): Promise<void> {
  const { publisher, name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  await mkdir(folder, { recursive: true });
  await symlink(root, join(folder, `${publisher}.${name}-${version}`));
}
