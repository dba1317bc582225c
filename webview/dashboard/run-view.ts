import type { ServerClient } from '../../server/protocol/client.ts';
import { decodeProfile } from '../../server/protocol/profile/decode-profile.ts';
import type { Run, RunEvent } from '../../server/protocol/run.ts';
import { button } from '../controls.ts';
import { element } from '../element.ts';
import type { FlameGraph } from '../flame/flame-graph.ts';
import { faultOf, notice } from './notice.ts';
import { Progress } from './progress.ts';
import { savedPicture } from './saved-picture.ts';

interface RunViewActions {
  /** The run has begun, or is over. */
  running(isRunning: boolean): void;
}

/** Everything that can be seen of one run: its progress while it runs, its picture, or why there is none. */
export class RunView {
  readonly root = element('div', { class: 'run-view' });
  readonly #words = element('div', { class: 'run-words' });
  readonly #client: ServerClient;
  readonly #flame: FlameGraph;
  readonly #actions: RunViewActions;
  #opened = new AbortController();
  /** Whether the run could not be shown, which may change when the server comes back. */
  hasFailed = false;

  constructor(client: ServerClient, flame: FlameGraph, actions: RunViewActions) {
    this.#client = client;
    this.#flame = flame;
    this.#actions = actions;
    // In the page from the start: the controls take their time to get ready.
    this.root.append(this.#words, flame.root);
    this.say();
  }

  /** Shows something in words in place of the picture. */
  say(...content: readonly Node[]): void {
    this.#words.replaceChildren(...content);
    this.#words.hidden = false;
    this.#flame.root.hidden = true;
  }

  /** Shows a run in whatever state it is, and follows it to its end. */
  async open(id: string): Promise<void> {
    this.close();
    const { signal } = this.#opened;
    try {
      const run = await this.#client.run(id, { signal });
      const isOver = run.state !== 'queued' && run.state !== 'running';
      await this.#showEnd(isOver ? run : await this.#follow(run, signal), signal);
    } catch (error) {
      // Another run was opened meanwhile: this one has nothing to say any more.
      if (!signal.aborted) this.#fail(error, id);
    }
  }

  /** Stops following; the run itself goes on. */
  close(): void {
    this.hasFailed = false;
    this.#opened.abort();
    this.#opened = new AbortController();
    this.#actions.running(false);
  }

  async #follow(run: Run, signal: AbortSignal): Promise<Run> {
    this.#actions.running(true);
    const progress = new Progress(titleOf(run));
    const cancel = button({ text: 'Cancel', pressed: () => this.#cancel(run.id, cancel) });
    progress.show({ step: run.state === 'queued' ? 'Waiting for the runs before' : 'Starting' });
    this.say(
      element('div', { class: 'run-card' }, element('h2', { text: titleOf(run) }), progress.root, cancel),
    );
    for await (const event of this.#client.followRun(run.id, { signal })) {
      if (event.type === 'done') return event.run;
      showEvent(progress, event);
    }
    return await this.#client.run(run.id, { signal });
  }

  async #showEnd(run: Run, signal: AbortSignal): Promise<void> {
    this.#actions.running(false);
    if (run.state !== 'succeeded') {
      const fault = run.error ?? { message: `${titleOf(run)} was cancelled.` };
      this.say(notice(fault));
      return;
    }
    const [bytes, result] = await Promise.all([
      this.#client.profile(run.id, { signal }),
      this.#client.result(run.id, { signal }),
    ]);
    signal.throwIfAborted();
    const facts = result.kind === 'profile' ? { eventsReadPerOperation: result.eventsReadPerOperation } : {};
    const profile = decodeProfile(bytes);
    this.#words.hidden = true;
    this.#flame.root.hidden = false;
    this.#flame.show(profile, { facts, saved: savedPicture(run.id) });
  }

  async #cancel(id: string, pressed: { disabled: boolean }): Promise<void> {
    pressed.disabled = true;
    try {
      await this.#client.cancelRun(id);
    } catch (error) {
      this.#fail(error, id);
    }
  }

  #fail(error: unknown, id: string): void {
    this.hasFailed = true;
    this.#actions.running(false);
    const retry = button({ text: 'Try again', pressed: () => void this.open(id) });
    this.say(notice(faultOf(error), retry));
  }
}

function showEvent(progress: Progress, event: RunEvent): void {
  if (event.type !== 'progress') return;
  const { step, done, total } = event;
  progress.show(total > 0 ? { step, done, total, share: done / total } : { step });
}

function titleOf({ request }: Run): string {
  return request.kind === 'profile' ? `Profile of ${request.handler}` : `Run: ${request.kind}`;
}
