import type { AttachRequest } from '../../server/protocol/attach.ts';
import type { ServerClient } from '../../server/protocol/client.ts';
import type { ProfileRequest, Run } from '../../server/protocol/run.ts';
import { ServerRequestError } from '../../server/protocol/server-request-error.ts';
import { button } from '../controls.ts';
import { element } from '../element.ts';
import { FlameGraph } from '../flame/flame-graph.ts';
import { editorAddress, longPlace, type SourcePlace, shortPlace } from '../flame/source-place.ts';
import { onAddressChange, putRunIntoAddress, runInAddress } from './address.ts';
import { AttachDialog } from './attach-dialog.ts';
import { faultOf, notice } from './notice.ts';
import { openInEditor } from './open-in-editor.ts';
import { ProfileForm } from './profile-form.ts';
import { Progress } from './progress.ts';
import { RunCosts } from './run-costs.ts';
import { RunList } from './run-list.ts';
import { RunView } from './run-view.ts';
import { savePicture } from './saved-picture.ts';
import { type ServerView, ServerWatch } from './server-watch.ts';
import { StatusLine } from './status-line.ts';
import { welcome } from './welcome.ts';

/** The browser page: the server's state, the form, the runs, and the picture. */
export class Page {
  readonly #client: ServerClient;
  readonly #status = new StatusLine();
  readonly #form = new ProfileForm((request) => void this.#profile(request));
  readonly #attach = new AttachDialog((request) => this.#begin(request));
  readonly #openAttach = button({
    text: 'Attach to a process …',
    title: 'Record a Node.js process that runs already',
    pressed: () => this.#attach.open(),
  });
  readonly #runs = new RunList((id) => putRunIntoAddress(id));
  readonly #flame = new FlameGraph({
    openSource: (_frame, place) => this.#openSource(place),
    copy: (text) => void this.#copy(text),
    save: (state) => {
      if (this.#current !== null) savePicture(this.#current, state);
    },
  });
  readonly #view;
  readonly #watch;
  readonly #costs;
  readonly #main = element('main', { class: 'page-main' });
  readonly #banner = element('div', { class: 'page-banner' });
  readonly #starting = new Progress('Start of the server');
  #isReady = false;
  /** Of the config file whose handlers the form has. */
  #configRevision: number | undefined;
  /** Id of the run that is shown. */
  #current: string | null = null;

  constructor(client: ServerClient) {
    this.#client = client;
    this.#view = new RunView(client, this.#flame, {
      opened: ({ request }) => {
        if (request.kind === 'profile') this.#form.take(request);
      },
      again: (request) => void this.#profile(request),
      attach: (request, fault) => this.#attach.open(request, fault),
      running: (isRunning) => {
        this.#form.setRunning(isRunning);
        void this.#refreshRuns();
      },
    });
    this.#costs = new RunCosts(client);
    this.#watch = new ServerWatch(client, (view) => void this.#take(view));
  }

  start(): void {
    const head = element(
      'header',
      { class: 'page-head' },
      element('h1', { text: 'Event Store Profiler' }),
      this.#status.root,
    );
    const side = element(
      'div',
      { class: 'page-side' },
      this.#form.root,
      element('div', { class: 'side-attach' }, this.#openAttach),
      this.#runs.root,
    );
    this.#openAttach.disabled = true;
    this.#main.append(this.#banner, this.#view.root);
    this.#view.say(welcome());
    document.body.append(head, side, this.#main, this.#attach.root);
    onAddressChange((run) => this.#open(run));
    void this.#watch.ask();
  }

  async #take(view: ServerView): Promise<void> {
    this.#status.show(view);
    this.#showBanner(view);
    const isReady = view.kind === 'status' && view.status.state === 'ready';
    const becameReady = isReady && !this.#isReady;
    this.#isReady = isReady;
    this.#form.setReady(isReady);
    this.#openAttach.disabled = !isReady;
    const revision = view.kind === 'status' ? view.status.config?.revision : undefined;
    const isOtherConfig = revision !== this.#configRevision;
    this.#configRevision = revision;
    if (becameReady) await this.#beginWork();
    else if (isReady) {
      if (isOtherConfig) await this.#fetchHandlers();
      await this.#refreshRuns();
    }
  }

  /** The server has become ready, at first or again. */
  async #beginWork(): Promise<void> {
    await this.#fetchHandlers();
    if (this.#view.hasFailed && this.#current !== null) void this.#view.open(this.#current);
    else this.#open(runInAddress());
  }

  async #fetchHandlers(): Promise<void> {
    try {
      this.#form.setHandlers(await this.#client.handlers());
    } catch (error) {
      this.#banner.hidden = false;
      this.#banner.replaceChildren(notice(faultOf(error)));
    }
  }

  #showBanner(view: ServerView): void {
    const content = this.#bannerFor(view);
    this.#banner.hidden = content === null;
    if (content === null) this.#banner.replaceChildren();
    else if (this.#banner.textContent !== content.textContent) this.#banner.replaceChildren(content);
  }

  #bannerFor(view: ServerView): HTMLElement | null {
    if (view.kind === 'refused') return notice(refusalOf(view));
    if (view.kind === 'lost') {
      const retry = button({ text: 'Try again now', pressed: () => void this.#watch.ask() });
      const message = 'The server does not answer.';
      const advice =
        'If it has stopped, start it again with "npm start": this page then goes on by itself, ' +
        'or if it does not, open the address that "npm start" prints.';
      return notice({ message, advice }, retry);
    }
    const { state, step = 'Starting', progress, error, config } = view.status;
    if (state === 'failed') return notice(error ?? { message: 'The server could not start.' });
    // The examples can be used all the same, so it stands above and in the way of nothing.
    if (state === 'ready' && config?.error !== undefined) return notice(config.error);
    if (state !== 'starting') return null;
    this.#starting.show(progress === undefined ? { step } : { step, share: progress });
    return this.#starting.root;
  }

  #open(id: string | null): void {
    if (id === this.#current && id !== null) return;
    this.#current = id;
    void this.#refreshRuns();
    if (id !== null) void this.#view.open(id);
    else {
      this.#view.close();
      this.#view.say(welcome());
    }
  }

  async #profile(request: ProfileRequest): Promise<void> {
    this.#form.setRunning(true);
    try {
      await this.#begin(request);
    } catch (error) {
      this.#form.setRunning(false);
      const isShown = error instanceof ServerRequestError && this.#form.showFault(error);
      if (!isShown) this.#view.say(notice(faultOf(error)));
    }
  }

  /** @throws ServerRequestError */
  async #begin(request: ProfileRequest | AttachRequest): Promise<void> {
    const run = await this.#client.createRun(request);
    putRunIntoAddress(run.id);
  }

  async #refreshRuns(): Promise<void> {
    if (!this.#isReady) return;
    const runs = await this.#client.runs().catch(emptyWhenUnreachable);
    if (runs === null) return;
    this.#view.takeRuns(runs);
    this.#showRuns(runs);
    if (await this.#costs.learn(runs)) this.#showRuns(runs);
  }

  #showRuns(runs: readonly Run[]): void {
    this.#runs.show(runs, { current: this.#current, now: new Date(), costOf: (id) => this.#costs.of(id) });
  }

  #openSource(place: SourcePlace): void {
    const address = editorAddress(place);
    if (address === null) {
      this.#flame.tell(`${longPlace(place)} is no file of this machine`);
      return;
    }
    openInEditor(address);
    this.#flame.tell(`Asked VS Code to open ${shortPlace(place)}. If nothing opens, use "Copy path".`);
  }

  async #copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
    } catch (error) {
      this.#flame.tell(`The browser does not allow to copy: ${faultOf(error).message}`);
    }
  }
}

/** A page that was let in once and is refused now belongs to a server that is no more. */
function refusalOf({ message, advice, status }: Extract<ServerView, { kind: 'refused' }>) {
  if (status !== 401) return { message, advice };
  return {
    message: 'The server was started anew and does not know this page any more.',
    advice: 'Open the address that "npm start" prints. Your profiles are kept.',
  };
}

/** The watch finds out within seconds that the server is gone, and says so. */
function emptyWhenUnreachable(error: unknown): readonly Run[] | null {
  if (error instanceof ServerRequestError) return null;
  throw error;
}
