import { CATEGORIES, type Profile } from '../../server/protocol/profile/profile.ts';
import { element } from '../element.ts';
import { counted, formatShare } from '../format.ts';
import type { Thread, WorkerThread } from './worker-thread.ts';

/** A thread of a recording. */
export interface ShownThread extends Thread {
  /** Name of the artifact with its profile; null for the main thread. */
  readonly profile: string | null;
}

/** The choice of the thread whose profile is shown. Hidden where there is only one. */
export class ThreadSwitch {
  readonly root = element('div', { class: 'thread-switch' });
  readonly #chosen: (thread: ShownThread) => void;

  constructor(chosen: (thread: ShownThread) => void) {
    this.#chosen = chosen;
    this.hide();
  }

  hide(): void {
    this.root.hidden = true;
    this.root.replaceChildren();
  }

  /** @param main profile of the main thread, which is chosen */
  show(main: Profile, threads: readonly WorkerThread[]): void {
    this.hide();
    if (threads.length === 0) return;
    this.root.append(
      element('span', {
        class: 'thread-switch-label',
        text: 'Thread',
        attributes: { 'aria-hidden': 'true' },
      }),
      element(
        'div',
        { class: 'flame-views', attributes: { role: 'radiogroup', 'aria-label': 'Thread' } },
        ...[mainThread(main), ...threads].map((thread, at) => this.#option(thread, at === 0)),
      ),
      element('span', {
        class: 'thread-switch-label',
        text: '% CPU: of the samples of a thread, those in which it was busy',
      }),
    );
    this.root.hidden = false;
  }

  /** Marks a thread as chosen, by the name of its artifact. */
  choose(profile: string): void {
    for (const input of this.root.querySelectorAll('input')) {
      if (input.value === profile) input.checked = true;
    }
  }

  #option(thread: ShownThread, isChosen: boolean): HTMLElement {
    const { name, samples, busySamples } = thread;
    const busy = formatShare(samples > 0 ? busySamples / samples : 0);
    const input = element('input', {
      attributes: { type: 'radio', name: 'thread', value: thread.profile ?? '' },
    });
    input.checked = isChosen;
    input.addEventListener('change', () => this.#chosen(thread));
    return element(
      'label',
      { attributes: { title: `Busy in ${busy} of its ${counted(samples, 'sample', 'samples')}` } },
      input,
      element(
        'span',
        { text: `${name} ` },
        element('span', { class: 'thread-switch-share', text: `${busy} CPU` }),
      ),
    );
  }
}

/** What is idle in an operation was made a wait. */
function mainThread({ samples, nodes, frames }: Profile): ShownThread {
  const quiet = new Set([CATEGORIES.indexOf('idle'), CATEGORIES.indexOf('wait')]);
  let captured = 0;
  let busySamples = 0;
  for (let row = 0; row < samples.length; row++) {
    if (samples.captured[row] !== 1) continue;
    captured++;
    const category = frames.category[nodes.frame[samples.node[row] ?? 0] ?? 0] ?? 0;
    if (!quiet.has(category)) busySamples++;
  }
  return { name: 'main thread', profile: null, samples: captured, busySamples };
}
