import type { ServerClient } from '../../server/protocol/client.ts';
import { decodeProfile } from '../../server/protocol/profile/decode-profile.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import type { RunResult } from '../../server/protocol/run.ts';
import { GC_PAUSES_FILE } from '../../server/protocol/run-files.ts';
import { button } from '../controls.ts';
import { element } from '../element.ts';
import type { FlameGraph } from '../flame/flame-graph.ts';
import { runFactsOf } from '../flame/run-facts.ts';
import type { ExplainedRun } from '../statements/statement-row.ts';
import { faultOf, notice } from './notice.ts';
import { saveMenu } from './save-menu.ts';
import { savedFiles } from './saved-files.ts';
import { savedPicture } from './saved-picture.ts';
import { type ShownThread, ThreadSwitch } from './thread-switch.ts';

interface ShownRun {
  readonly id: string;
  readonly result: RunResult;
  /** Of the main thread. */
  readonly profile: Profile;
  /** The content of its file of pauses; undefined where there is none. */
  readonly pauses: unknown;
  readonly signal: AbortSignal;
}

/** The flame graph of a run that succeeded: of its main thread, and of others as they are chosen. */
export class RunPicture {
  /** What stands above the flame graph. */
  readonly head = element('div', { class: 'run-picture-head' });
  readonly #client: ServerClient;
  readonly #flame: FlameGraph;
  readonly #fault = element('div');
  readonly #threads = new ThreadSwitch((thread) => void this.#showThread(thread));
  #shown: ShownRun | null = null;
  /** Name of the artifact of the thread that was chosen last; null for the main thread. */
  #wanted: string | null = null;
  /** Whose plan was put into the picture of the main thread last. */
  #plan: ExplainedRun | null = null;

  constructor(client: ServerClient, flame: FlameGraph) {
    this.#client = client;
    this.#flame = flame;
    this.head.append(this.#threads.root, this.#fault);
    this.hide();
  }

  get hasThreads(): boolean {
    return !this.#threads.root.hidden;
  }

  hide(): void {
    this.#shown = null;
    this.#wanted = null;
    this.#plan = null;
    this.#flame.root.hidden = true;
    this.#threads.hide();
    this.#fault.replaceChildren();
  }

  /** Fetches what `show` then shows. @throws ServerRequestError, ProfileFormatError */
  async load(id: string, result: RunResult, signal: AbortSignal): Promise<void> {
    const [bytes, pauses] = await Promise.all([
      this.#client.profile(id, { signal }),
      this.#pausesOf(id, result, signal),
    ]);
    signal.throwIfAborted();
    const profile = decodeProfile(bytes);
    this.hide();
    this.#shown = { id, result, profile, pauses, signal };
  }

  show(): void {
    const shown = this.#shown;
    if (shown === null) return;
    this.#offerThreads(shown);
    this.#flame.root.hidden = false;
    this.#draw(shown.profile, null, savedPicture(shown.id));
  }

  /** The main thread again, with a plan in it. @throws ServerRequestError, ProfileFormatError */
  async showPlan(plan: ExplainedRun): Promise<void> {
    const shown = this.#shown;
    if (shown === null) return;
    const profile = decodeProfile(await this.#client.profile(plan.run, { signal: shown.signal }));
    shown.signal.throwIfAborted();
    this.#offerThreads(shown);
    this.#plan = plan;
    this.#draw(profile, null);
  }

  /** The main thread as it was recorded. */
  #withoutPlan({ profile }: ShownRun): void {
    this.#plan = null;
    this.#draw(profile, null);
    this.#flame.tell('Shows the profile as it was recorded');
  }

  #offerThreads({ profile, result }: ShownRun): void {
    this.#threads.show(profile, result.kind === 'profile' ? result.threads : []);
  }

  async #showThread({ profile: file, name }: ShownThread): Promise<void> {
    const shown = this.#shown;
    if (shown === null) return;
    const { id, signal } = shown;
    this.#wanted = file;
    this.#fault.replaceChildren();
    try {
      const profile =
        file === null ? shown.profile : decodeProfile(await this.#client.artifact(id, file, { signal }));
      // Another one may have been chosen meanwhile.
      if (signal.aborted || this.#wanted !== file) return;
      this.#plan = null;
      this.#draw(profile, file);
      this.#flame.tell(`Shows the ${file === null ? name : `thread ${name}`}`);
    } catch (error) {
      if (!signal.aborted) this.#fault.replaceChildren(notice(faultOf(error)));
    }
  }

  /** @param thread artifact of a worker thread; null for the main thread */
  #draw(profile: Profile, thread: string | null, saved: unknown = this.#flame.state): void {
    const shown = this.#shown;
    if (shown === null) return;
    this.#wanted = thread;
    const { id, result } = shown;
    const { gcShare, ...facts } = runFactsOf(result);
    const isMain = thread === null;
    // With a plan in it, a sample that several steps share is one of each.
    const samples = isMain ? { samples: capturedIn(shown.profile) } : {};
    this.#flame.show(profile, {
      facts: { ...facts, ...samples, ...(isMain && gcShare !== undefined && { gcShare }) },
      saved,
      // Only the main thread's are recorded.
      ...(isMain && { pauses: shown.pauses }),
      extra: this.#extra(id, shown),
    });
  }

  /** At the end of the head line: what was put into the picture, and everything that can be saved. */
  #extra(id: string, shown: ShownRun): HTMLElement {
    const plan = this.#plan;
    const menu = saveMenu(savedFiles(id, shown.result, plan));
    const remove = button({
      text: 'Without the plan',
      title: 'Show the profile as it was recorded, without the plan',
      pressed: () => this.#withoutPlan(shown),
    });
    const withPlan = plan === null ? [] : [remove];
    return element('span', { class: 'run-extra' }, ...withPlan, ...(menu === null ? [] : [menu]));
  }

  async #pausesOf(id: string, result: RunResult, signal: AbortSignal): Promise<unknown> {
    const has = 'artifacts' in result && result.artifacts.some(({ name }) => name === GC_PAUSES_FILE);
    if (!has) return undefined;
    const bytes = await this.#client.artifact(id, GC_PAUSES_FILE, { signal });
    return JSON.parse(new TextDecoder().decode(bytes));
  }
}

function capturedIn({ samples }: Profile): number {
  return samples.captured.reduce((sum, captured) => sum + captured, 0);
}
