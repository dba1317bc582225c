import type { ServerClient } from '../../server/protocol/client.ts';
import { decodeProfile } from '../../server/protocol/profile/decode-profile.ts';
import type { RunResult } from '../../server/protocol/run.ts';
import { GC_PAUSES_FILE } from '../../server/protocol/run-files.ts';
import { button } from '../controls.ts';
import { element } from '../element.ts';
import type { FlameGraph } from '../flame/flame-graph.ts';
import { runFactsOf } from '../flame/run-facts.ts';
import { type RecordedThreads, ThreadsPicture } from '../flame/threads-picture.ts';
import type { ExplainedRun } from '../statements/statement-row.ts';
import { faultOf, notice } from './notice.ts';
import { saveMenu } from './save-menu.ts';
import { savedFiles } from './saved-files.ts';
import { savedPicture } from './saved-picture.ts';

interface ShownRun {
  readonly id: string;
  readonly result: RunResult;
  readonly recorded: RecordedThreads;
  readonly signal: AbortSignal;
}

/** The flame graph of a run that succeeded, with plans in it as they are asked for. */
export class RunPicture {
  readonly #client: ServerClient;
  readonly #flame: FlameGraph;
  readonly #threads: ThreadsPicture;
  #shown: ShownRun | null = null;
  /** Whose plan is in the picture of the main thread. */
  #plan: ExplainedRun | null = null;

  constructor(client: ServerClient, flame: FlameGraph) {
    this.#client = client;
    this.#flame = flame;
    this.#threads = new ThreadsPicture(flame, {
      fetch: (thread) => this.#fetchThread(thread),
      fault: (error) => notice(faultOf(error)),
      extra: () => this.#extra(),
      chosen: () => {
        this.#plan = null;
      },
    });
  }

  /** What stands above the flame graph. */
  get head(): HTMLElement {
    return this.#threads.head;
  }

  hide(): void {
    this.#shown = null;
    this.#plan = null;
    this.#threads.hide();
  }

  /** Fetches what `show` then shows. @throws ServerRequestError, ProfileFormatError */
  async load(id: string, result: RunResult, signal: AbortSignal): Promise<void> {
    const [bytes, pauses] = await Promise.all([
      this.#client.profile(id, { signal }),
      this.#pausesOf(id, result, signal),
    ]);
    signal.throwIfAborted();
    const workers = result.kind === 'profile' ? (result.threads ?? []) : [];
    const recorded = { profile: decodeProfile(bytes), facts: runFactsOf(result), pauses, workers };
    this.hide();
    this.#shown = { id, result, recorded, signal };
  }

  show(): void {
    if (this.#shown !== null)
      this.#threads.show(this.#shown.recorded, { saved: savedPicture(this.#shown.id) });
  }

  /** The main thread again, with a plan in it. @throws ServerRequestError, ProfileFormatError */
  async showPlan(plan: ExplainedRun): Promise<void> {
    const shown = this.#shown;
    if (shown === null) return;
    const profile = decodeProfile(await this.#client.profile(plan.run, { signal: shown.signal }));
    shown.signal.throwIfAborted();
    this.#plan = plan;
    this.#threads.show(shown.recorded, { saved: this.#flame.state, profile });
  }

  /** The main thread as it was recorded. */
  #withoutPlan({ recorded }: ShownRun): void {
    this.#plan = null;
    this.#threads.show(recorded, { saved: this.#flame.state });
    this.#flame.tell('Shows the profile as it was recorded');
  }

  /** At the end of the head line: the way back to what was recorded, and everything that can be saved. */
  #extra(): HTMLElement {
    const shown = this.#shown;
    if (shown === null) return element('span');
    const menu = saveMenu(savedFiles(shown.id, shown.result, this.#plan));
    const remove = button({
      text: 'Without the plan',
      title: 'Show the profile as it was recorded, without the plan',
      pressed: () => this.#withoutPlan(shown),
    });
    const withPlan = this.#plan === null ? [] : [remove];
    return element('span', { class: 'run-extra' }, ...withPlan, ...(menu === null ? [] : [menu]));
  }

  async #fetchThread(thread: string) {
    const shown = this.#shown;
    if (shown === null) throw new TypeError('No run is shown');
    const { id, signal } = shown;
    return decodeProfile(await this.#client.artifact(id, thread, { signal }));
  }

  async #pausesOf(id: string, result: RunResult, signal: AbortSignal): Promise<unknown> {
    const has = 'artifacts' in result && result.artifacts.some(({ name }) => name === GC_PAUSES_FILE);
    if (!has) return undefined;
    const bytes = await this.#client.artifact(id, GC_PAUSES_FILE, { signal });
    return JSON.parse(new TextDecoder().decode(bytes));
  }
}
