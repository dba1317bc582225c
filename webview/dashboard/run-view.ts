import type { AttachRequest } from '../../server/protocol/attach.ts';
import type { ServerClient } from '../../server/protocol/client.ts';
import type { ErrorResponse } from '../../server/protocol/error-response.ts';
import type { ProfileRequest, ProfileResult, Run } from '../../server/protocol/run.ts';
import { ServerRequestError } from '../../server/protocol/server-request-error.ts';
import { button } from '../controls.ts';
import { element } from '../element.ts';
import type { FlameGraph } from '../flame/flame-graph.ts';
import { explainByServer } from '../statements/explain-by-server.ts';
import type { ExplainedRun } from '../statements/statement-row.ts';
import { StatementsView } from '../statements/statements-view.ts';
import { faultOf, notice } from './notice.ts';
import { planWords } from './plan-words.ts';
import { RunCard } from './run-card.ts';
import { RunPicture } from './run-picture.ts';
import { titleOf } from './run-title.ts';
import { simulationWords } from './simulation-words.ts';

interface RunViewActions {
  /** A run was asked for and exists, in whatever state it is. */
  opened(run: Run): void;
  /** The same once more. */
  again(request: ProfileRequest): void;
  /** A process could not be recorded; to be asked for again with what was wrong. */
  attach(request: AttachRequest, fault: ErrorResponse | undefined): void;
  /** The run has begun, or is over. */
  running(isRunning: boolean): void;
}

/** Everything that can be seen of one run: its progress while it runs, its picture, or why there is none. */
export class RunView {
  readonly root = element('div', { class: 'run-view' });
  readonly #words = element('div', { class: 'run-words' });
  readonly #statements = new StatementsView();
  readonly #client: ServerClient;
  readonly #picture: RunPicture;
  readonly #actions: RunViewActions;
  #opened = new AbortController();
  #card: RunCard | null = null;
  /** Whether the run could not be shown, which may change when the server comes back. */
  hasFailed = false;

  constructor(client: ServerClient, flame: FlameGraph, actions: RunViewActions) {
    this.#client = client;
    this.#picture = new RunPicture(client, flame);
    this.#actions = actions;
    // In the page from the start: the controls take their time to get ready.
    const screen = element('div', { class: 'run-screen' }, this.#words, this.#picture.head, flame.root);
    this.root.append(screen, this.#statements.root);
    this.say();
  }

  /** Shows something in words in place of the picture. */
  say(...content: readonly Node[]): void {
    this.#words.replaceChildren(...content);
    this.#words.hidden = false;
    this.#picture.hide();
    this.#showStatements(null);
  }

  /** Shows a run in whatever state it is, and follows it to its end. */
  async open(id: string): Promise<void> {
    this.close();
    const { signal } = this.#opened;
    try {
      const run = await this.#client.run(id, { signal });
      this.#actions.opened(run);
      const isOver = run.state !== 'queued' && run.state !== 'running';
      await this.#showEnd(isOver ? run : await this.#follow(run, signal), signal);
    } catch (error) {
      // Another run was opened meanwhile: this one has nothing to say any more.
      if (!signal.aborted) this.#fail(error, id);
    }
  }

  /** All runs as the server knows them now. */
  takeRuns(runs: readonly Run[]): void {
    this.#card?.takeRuns(runs);
  }

  /** Stops following; the run itself goes on. */
  close(): void {
    this.hasFailed = false;
    this.#opened.abort();
    this.#card?.close();
    this.#card = null;
    this.#opened = new AbortController();
    this.#actions.running(false);
  }

  async #follow(run: Run, signal: AbortSignal): Promise<Run> {
    this.#actions.running(true);
    const card = new RunCard(run, {
      cancelled: (pressed) => void this.#cancel(run.id, pressed),
      stopped: (pressed) => void this.#stop(run.id, pressed),
    });
    this.#card = card;
    this.say(card.root);
    for await (const event of this.#client.followRun(run.id, { signal })) {
      if (event.type === 'done') return event.run;
      card.take(event);
    }
    return await this.#client.run(run.id, { signal });
  }

  async #showEnd(run: Run, signal: AbortSignal): Promise<void> {
    this.#card?.close();
    this.#actions.running(false);
    if (run.request.kind === 'simulation') {
      this.say(...(await simulationWords(this.#client, run, signal)));
      return;
    }
    if (run.state !== 'succeeded') {
      this.#sayWhyNot(run);
      return;
    }
    if (run.request.kind === 'explain') {
      this.say(...(await planWords(this.#client, run, signal)));
      return;
    }
    const result = await this.#client.result(run.id, { signal });
    await this.#picture.load(run.id, result, signal);
    this.#words.hidden = true;
    this.#picture.show();
    const verdict = result.kind === 'profile' ? (result.tool?.verdict ?? []) : [];
    if (verdict.length > 0) {
      const [message = '', ...rest] = verdict;
      this.#words.replaceChildren(notice({ message, advice: rest.join(' '), isNeutral: true }));
      this.#words.hidden = false;
    }
    this.#showStatements(result.kind === 'profile' ? { run: run.id, result } : null);
  }

  #showStatements(profiled: { readonly run: string; readonly result: ProfileResult } | null): void {
    const { signal } = this.#opened;
    if (profiled === null) this.#statements.clear();
    else {
      const { run, result } = profiled;
      this.#statements.show(result.statements, result.operationMicros, {
        explain: (statement, analyze) => explainByServer(this.#client, { run, statement, analyze }, signal),
        showPlan: (plan) => this.#showPlan(plan),
        fault: (error) => notice(faultOf(error)),
      });
    }
    this.root.classList.toggle('has-statements', !this.#statements.root.hidden);
  }

  /** The picture of the run again, with the plan in it; the table stays as it is. */
  async #showPlan(plan: ExplainedRun): Promise<void> {
    await this.#picture.showPlan(plan);
    this.root.scrollIntoView({ block: 'start' });
  }

  #sayWhyNot(run: Run): void {
    const { state, error, request } = run;
    const again = this.#again(request, error);
    const message = `${titleOf(run)} was cancelled.`;
    if (state === 'cancelled') this.say(notice({ message, isNeutral: true }, ...again));
    else this.say(notice(error ?? { message: `${titleOf(run)} failed.` }, ...again));
  }

  /** The way to the same once more. */
  #again(request: Run['request'], fault: Run['error']): HTMLElement[] {
    if (request.kind === 'profile')
      return [button({ text: 'Profile again', pressed: () => this.#actions.again(request) })];
    if (request.kind !== 'attach') return [];
    return [button({ text: 'Attach again …', pressed: () => this.#actions.attach(request, fault) })];
  }

  async #cancel(id: string, pressed: { disabled: boolean }): Promise<void> {
    pressed.disabled = true;
    try {
      await this.#client.cancelRun(id);
    } catch (error) {
      this.#fail(error, id);
    }
  }

  async #stop(id: string, pressed: { disabled: boolean }): Promise<void> {
    pressed.disabled = true;
    try {
      await this.#client.stopRun(id);
    } catch (error) {
      this.#fail(error, id);
    }
  }

  #fail(error: unknown, id: string): void {
    this.hasFailed = true;
    this.#actions.running(false);
    const retry = button({ text: 'Try again', pressed: () => void this.open(id) });
    // The server's own advice names its interface.
    const isUnknown = error instanceof ServerRequestError && error.code === 'unknown_run';
    const advice = 'The list on the left has all runs that are kept.';
    this.say(isUnknown ? notice({ message: error.message, advice }) : notice(faultOf(error), retry));
  }
}
