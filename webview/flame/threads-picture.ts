import type { Profile } from '../../server/protocol/profile/profile.ts';
import { element } from '../element.ts';
import type { FlameGraph } from './flame-graph.ts';
import type { RunFacts } from './run-facts.ts';
import { type ShownThread, ThreadSwitch } from './thread-switch.ts';
import type { WorkerThread } from './worker-thread.ts';

/** A recording: its main thread with all that is known of it, and the threads beside it. */
export interface RecordedThreads {
  /** Of the main thread. */
  readonly profile: Profile;
  readonly facts: RunFacts;
  /** Content of the file of pauses, which are recorded of the main thread alone; undefined where there is none. */
  readonly pauses: unknown;
  readonly workers: readonly WorkerThread[];
}

interface ThreadActions {
  /** The profile of a worker thread, by the name of its artifact. Rejects with a sentence. */
  fetch(thread: string): Promise<Profile>;
  /** A fault as an element to show. */
  fault(error: unknown): HTMLElement;
  /** What stands at the end of the head line while this thread is shown. */
  extra?(thread: string | null): HTMLElement;
  /** Another thread was chosen and is drawn. */
  chosen?(thread: string | null): void;
}

interface MainOptions {
  /** What the user had set in the picture. */
  readonly saved: unknown;
  /** In place of the main thread's own profile: the same with more in it. */
  readonly profile?: Profile;
  /** The thread that was chosen before; null or absent for the main thread. */
  readonly thread?: string | null;
}

/** The flame graph of a recording: of its main thread, and of others as they are chosen. */
export class ThreadsPicture {
  /** What stands above the flame graph. */
  readonly head = element('div', { class: 'threads-head' });
  readonly #flame: FlameGraph;
  readonly #actions: ThreadActions;
  readonly #fault = element('div');
  readonly #switch = new ThreadSwitch((thread) => void this.#choose(thread));
  #recorded: RecordedThreads | null = null;
  /** Name of the artifact of the thread that was chosen last; null for the main thread. */
  #wanted: string | null = null;
  #drawn: string | null = null;

  constructor(flame: FlameGraph, actions: ThreadActions) {
    this.#flame = flame;
    this.#actions = actions;
    this.head.append(this.#switch.root, this.#fault);
    this.hide();
  }

  /** The thread that is drawn: name of its artifact, or null for the main thread. */
  get thread(): string | null {
    return this.#drawn;
  }

  hide(): void {
    this.#recorded = null;
    this.#wanted = null;
    this.#flame.root.hidden = true;
    this.#switch.hide();
    this.#fault.replaceChildren();
  }

  /** Draws the main thread, then the one that was chosen before. Returns how many boxes and runs were drawn. */
  show(recorded: RecordedThreads, { saved, profile = recorded.profile, thread = null }: MainOptions): number {
    this.hide();
    this.#recorded = recorded;
    this.#switch.show(recorded.profile, recorded.workers);
    this.#flame.root.hidden = false;
    const boxes = this.#draw(profile, saved);
    const before = recorded.workers.find((worker) => worker.profile === thread);
    if (before !== undefined) {
      this.#switch.choose(before.profile);
      void this.#choose(before, saved);
    }
    return boxes;
  }

  async #choose({ profile: file, name }: ShownThread, saved: unknown = this.#flame.state): Promise<void> {
    const recorded = this.#recorded;
    if (recorded === null) return;
    this.#wanted = file;
    this.#fault.replaceChildren();
    const isMeant = () => this.#recorded === recorded && this.#wanted === file;
    try {
      const profile = file === null ? recorded.profile : await this.#actions.fetch(file);
      // Another one may have been chosen meanwhile.
      if (!isMeant()) return;
      this.#actions.chosen?.(file);
      this.#draw(profile, saved);
      this.#flame.tell(`Shows the ${file === null ? name : `thread ${name}`}`);
    } catch (error) {
      if (isMeant()) this.#fault.replaceChildren(this.#actions.fault(error));
    }
  }

  #draw(profile: Profile, saved: unknown): number {
    const recorded = this.#recorded;
    if (recorded === null) return 0;
    this.#drawn = this.#wanted;
    const isMain = this.#wanted === null;
    const { gcShare, ...facts } = recorded.facts;
    // With a plan in it, a sample that several steps share is one of each.
    const samples = isMain ? { samples: capturedIn(recorded.profile) } : {};
    const extra = this.#actions.extra?.(this.#wanted);
    return this.#flame.show(profile, {
      facts: { ...facts, ...samples, ...(isMain && gcShare !== undefined && { gcShare }) },
      saved,
      ...(isMain && { pauses: recorded.pauses }),
      ...(extra !== undefined && { extra }),
    });
  }
}

function capturedIn({ samples }: Profile): number {
  return samples.captured.reduce((sum, captured) => sum + captured, 0);
}
