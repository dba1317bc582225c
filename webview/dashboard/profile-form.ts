import { COLLECTORS } from '../../server/protocol/collector-name.ts';
import type { ErrorResponse } from '../../server/protocol/error-response.ts';
import type { HandlerInfo } from '../../server/protocol/handler-info.ts';
import { parseRunRequest } from '../../server/protocol/parse-run-request.ts';
import type { ProfileRequest } from '../../server/protocol/run.ts';
import { button, dropdown, fillDropdown, type TextField, textField } from '../controls.ts';
import { element } from '../element.ts';
import { FieldFault } from './field-fault.ts';
import { inputOfText, textOfInput } from './input-text.ts';
import { labelledRow } from './labelled-row.ts';
import { StopFields } from './stop-fields.ts';

const FIRST_CHOICE = 'BooksInCirculation';

/** What each choice records and shows. The names are the request's. */
const COLLECTOR_HELP: Readonly<Record<ProfileRequest['collector'], string>> = {
  'v8-cpu': 'Where the time goes: work and waiting, by function and by phase.',
  'v8-heap': 'What is allocated, by function and by phase. Runs slower while it is recorded.',
  '0x': 'V8\u2019s own log in a process of its own, with native code and tiers.',
  'clinic-doctor': 'What is wrong in general, by Clinic in a process of its own.',
  'clinic-flame': 'A flame graph by Clinic, in a process of its own.',
  'clinic-bubbleprof': 'Asynchronous waits by Clinic, in a process of its own.',
  'clinic-heapprofiler': 'What is alive at the end, by Clinic in a process of its own.',
};

/** What each choice means for the handler's state, in the order of the choices. */
const SNAPSHOTS: Readonly<Record<ProfileRequest['snapshots'], string>> = {
  off: 'Each iteration folds the whole history.',
  stored: 'Each iteration loads its state from the event store, where snapshots are saved.',
  warm: 'The state of the iteration before stays in memory. Snapshots are saved, too.',
};

/** Which handler to profile and how, how often to run it, and the button that starts it. */
export class ProfileForm {
  readonly root = element('form', {
    class: 'profile-form',
    attributes: { 'aria-label': 'Profile a handler' },
  });
  readonly #handler = dropdown({ label: 'Handler', chosen: () => this.#describe() });
  readonly #summary = element('p', { class: 'form-help' });
  readonly #effect = element('p', { class: 'form-effect', attributes: { role: 'note' } });
  readonly #collector = dropdown({ label: 'Recorded by', chosen: () => this.#describeCollector() });
  readonly #collectorHelp = element('p', { class: 'form-help' });
  readonly #stop = new StopFields(() => this.#submit());
  readonly #snapshots = dropdown({ label: 'Snapshots', chosen: () => this.#describeSnapshots() });
  readonly #snapshotsHelp = element('p', { class: 'form-help' });
  readonly #input = textField({
    label: 'Input',
    placeholder: 'Chosen for each iteration',
    typed: () => this.#inputFault.clear(),
  });
  readonly #inputFault = new FieldFault(this.#input, 'input-fault');
  readonly #start = button({ text: 'Profile', appearance: 'primary', pressed: () => this.#submit() });
  readonly #submitted: (request: ProfileRequest) => void;
  #handlers: readonly HandlerInfo[] = [];
  /** What to choose as soon as the handlers are known; undefined where nobody has wanted one. */
  #wanted: string | undefined;
  #isReady = false;
  #isRunning = false;

  constructor(submitted: (request: ProfileRequest) => void) {
    this.#submitted = submitted;
    fillDropdown(this.#collector, [...COLLECTORS], COLLECTORS[0]);
    fillDropdown(this.#snapshots, Object.keys(SNAPSHOTS), 'off');
    this.root.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#submitsOnEnter(this.#input);
    this.root.append(
      labelledRow('Handler', this.#handler, this.#summary, this.#effect),
      labelledRow('Recorded by', this.#collector, this.#collectorHelp),
      this.#stop.root,
      labelledRow('Snapshots', this.#snapshots, this.#snapshotsHelp),
      labelledRow('Input (JSON)', this.#input, this.#inputFault.root),
      this.#start,
    );
    this.#describeCollector();
    this.#describeSnapshots();
    this.#enable();
  }

  setHandlers(handlers: readonly HandlerInfo[]): void {
    // Who has handlers of their own wants to profile those.
    const own = handlers.find(({ origin }) => origin === 'own')?.name;
    const chosen = this.#handler.value || (this.#wanted ?? own ?? FIRST_CHOICE);
    this.#handlers = handlers;
    const names = handlers.map(({ name }) => name);
    fillDropdown(this.#handler, names, names.includes(chosen) ? chosen : (names[0] ?? ''));
    this.#describe();
    this.#enable();
  }

  /** Shows what a run was asked for, so that the same can be asked for again. */
  take(request: ProfileRequest): void {
    const { handler, collector, snapshots, input } = request;
    this.#wanted = handler;
    if (this.#handlers.some(({ name }) => name === handler)) this.#handler.value = handler;
    this.#collector.value = collector;
    this.#stop.take(request);
    this.#snapshots.value = snapshots;
    this.#input.value = textOfInput(input);
    this.#describe();
    this.#describeCollector();
    this.#describeSnapshots();
  }

  setReady(isReady: boolean): void {
    this.#isReady = isReady;
    this.#enable();
  }

  setRunning(isRunning: boolean): void {
    this.#isRunning = isRunning;
    this.#enable();
  }

  /** Shows what was wrong with a field; false when it is none that can be typed into. */
  showFault({ field = '', message }: Pick<ErrorResponse, 'field' | 'message'>): boolean {
    if (this.#stop.showFault(field, sentenceOf(message))) return true;
    if (field === 'input') this.#inputFault.show(sentenceOf(message));
    // Parts of it have names of their own, which are spelled as they are typed.
    else if (field.startsWith('input.')) this.#inputFault.show(message);
    else return false;
    return true;
  }

  #submitsOnEnter(field: TextField): void {
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.#submit();
    });
  }

  #submit(): void {
    if (this.#start.disabled) return;
    const stop = this.#stop.value();
    if (stop === undefined) return;
    const input = inputOfText(this.#input.value);
    if ('fault' in input) {
      this.#inputFault.show(input.fault);
      return;
    }
    const parsed = parseRunRequest({
      kind: 'profile',
      handler: this.#handler.value,
      collector: this.#collector.value,
      ...stop,
      snapshots: this.#snapshots.value,
      ...input,
    });
    if (!parsed.ok) {
      if (!this.showFault(parsed.error)) this.#inputFault.show(parsed.error.message);
    } else if (parsed.request.kind === 'profile') {
      this.#stop.clear();
      this.#inputFault.clear();
      this.#submitted(parsed.request);
    }
  }

  #describe(): void {
    const handler = this.#handlers.find(({ name }) => name === this.#handler.value);
    this.#summary.textContent = handler?.summary ?? '';
    const remark = [handler?.fault?.message, handler?.effect].filter(Boolean).join(' ');
    this.#effect.textContent = remark;
    this.#effect.hidden = remark === '';
    // What was wrong for one handler may be right for another.
    this.#inputFault.clear();
  }

  #describeCollector(): void {
    const words: Readonly<Record<string, string>> = COLLECTOR_HELP;
    this.#collectorHelp.textContent = words[this.#collector.value] ?? '';
  }

  #describeSnapshots(): void {
    const words: Readonly<Record<string, string>> = SNAPSHOTS;
    this.#snapshotsHelp.textContent = words[this.#snapshots.value] ?? '';
  }

  #enable(): void {
    this.#start.disabled = !this.#isReady || this.#isRunning || this.#handlers.length === 0;
    this.#handler.disabled = this.#handlers.length === 0;
  }
}

/** The server's messages begin with the name of the field. */
function sentenceOf(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1);
}
