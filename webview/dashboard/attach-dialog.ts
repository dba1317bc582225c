import type { AttachRequest } from '../../server/protocol/attach.ts';
import type { ErrorResponse } from '../../server/protocol/error-response.ts';
import { parseRunRequest } from '../../server/protocol/parse-run-request.ts';
import { button, dropdown, fillDropdown, type TextField, textField } from '../controls.ts';
import { element } from '../element.ts';
import { FieldFault } from './field-fault.ts';
import { labelledRow } from './labelled-row.ts';

/** What each choice records. The names are the request's. */
const COLLECTORS: Readonly<Record<AttachRequest['collector'], string>> = {
  'v8-cpu': 'Where the time goes, by function.',
  'v8-heap': 'What is allocated, by function.',
};

const STOPS: Readonly<Record<'duration' | 'manual', string>> = {
  duration: 'After so many seconds, or when you press Stop.',
  manual: 'When you press Stop, after ten minutes at the latest.',
};

/** As long as the profile of a handler that is stopped by hand. */
const MANUAL_SECONDS = 600;

type Fault = Pick<ErrorResponse, 'message'> & {
  readonly advice?: string | undefined;
  readonly field?: string | undefined;
};

/** Which running process to record, and how. What is wrong is told beside the field; the dialog stays open for it. */
export class AttachDialog {
  readonly root = element('dialog', {
    class: 'attach-dialog',
    attributes: { 'aria-label': 'Attach to a process' },
  });
  readonly #target = textField({
    label: 'Process',
    placeholder: '12345 or 127.0.0.1:9229',
    typed: () => this.#targetFault.clear(),
  });
  readonly #targetFault = new FieldFault(this.#target, 'attach-target-fault');
  readonly #collector = dropdown({ label: 'Recorded by', chosen: () => this.#describe() });
  readonly #collectorHelp = element('p', { class: 'form-help' });
  readonly #stop = dropdown({ label: 'Stop', chosen: () => this.#describe() });
  readonly #stopHelp = element('p', { class: 'form-help' });
  readonly #seconds = textField({ label: 'Seconds', typed: () => this.#secondsFault.clear() });
  readonly #secondsFault = new FieldFault(this.#seconds, 'attach-seconds-fault');
  readonly #secondsRow = labelledRow('Seconds', this.#seconds, this.#secondsFault.root);
  readonly #attach = button({ text: 'Attach', appearance: 'primary', pressed: () => void this.#submit() });
  readonly #submitted: (request: AttachRequest) => Promise<void>;

  /** @param submitted rejects with a fault to be told in the dialog */
  constructor(submitted: (request: AttachRequest) => Promise<void>) {
    this.#submitted = submitted;
    fillDropdown(this.#collector, Object.keys(COLLECTORS), 'v8-cpu');
    fillDropdown(this.#stop, Object.keys(STOPS), 'duration');
    this.#seconds.value = '10';
    for (const field of [this.#target, this.#seconds]) this.#submitsOnEnter(field);
    const about =
      'Any Node.js process of yours on this machine: its process id, or the address where its inspector listens. ' +
      'It goes on working meanwhile and is left as it was.';
    const cancel = button({ text: 'Cancel', pressed: () => this.root.close() });
    this.root.append(
      element('h2', { text: 'Attach to a process' }),
      element('p', { class: 'form-help', text: about }),
      labelledRow('Process', this.#target, this.#targetFault.root),
      labelledRow('Recorded by', this.#collector, this.#collectorHelp),
      labelledRow('Stop', this.#stop, this.#stopHelp),
      this.#secondsRow,
      element('div', { class: 'run-buttons' }, this.#attach, cancel),
    );
    this.#describe();
  }

  /** With what was asked for before, and what was wrong with it. */
  open(request?: AttachRequest, fault?: Fault): void {
    if (request !== undefined) this.#take(request);
    this.#clear();
    this.#attach.disabled = false;
    if (!this.root.open) this.root.showModal();
    this.#target.focus();
    if (fault !== undefined) this.#showFault(fault);
  }

  #take({ target, collector, durationSeconds }: AttachRequest): void {
    this.#target.value = target;
    this.#collector.value = collector;
    this.#stop.value = durationSeconds === MANUAL_SECONDS ? 'manual' : 'duration';
    if (durationSeconds !== MANUAL_SECONDS) this.#seconds.value = String(durationSeconds);
    this.#describe();
  }

  async #submit(): Promise<void> {
    if (this.#attach.disabled) return;
    this.#clear();
    const request = this.#request();
    if (request === undefined) return;
    this.#attach.disabled = true;
    try {
      await this.#submitted(request);
      this.root.close();
    } catch (error) {
      this.#showFault(error instanceof Error ? error : { message: String(error) });
    } finally {
      this.#attach.disabled = false;
    }
  }

  /** Nothing where something is wrong, which is then shown. */
  #request(): AttachRequest | undefined {
    const target = this.#target.value.trim();
    if (target === '') {
      this.#targetFault.show(
        'Type a process id, for example 12345, or an address, for example 127.0.0.1:9229.',
      );
      return undefined;
    }
    const parsed = parseRunRequest({
      kind: 'attach',
      target,
      collector: this.#collector.value,
      durationSeconds: this.#isManual ? MANUAL_SECONDS : numberOrText(this.#seconds.value.trim()),
    });
    if (parsed.ok && parsed.request.kind === 'attach') return parsed.request;
    if (!parsed.ok) this.#showFault(parsed.error);
    return undefined;
  }

  #showFault({ message, advice = '', field }: Fault): void {
    if (field === 'durationSeconds') {
      this.#secondsFault.show(message.replace('durationSeconds must be', 'This must be'));
      this.#seconds.focus();
    } else {
      this.#targetFault.show(`${message} ${advice}`.trim());
      this.#target.focus();
    }
  }

  #clear(): void {
    this.#targetFault.clear();
    this.#secondsFault.clear();
  }

  get #isManual(): boolean {
    return this.#stop.value === 'manual';
  }

  #describe(): void {
    const collectors: Readonly<Record<string, string>> = COLLECTORS;
    const stops: Readonly<Record<string, string>> = STOPS;
    this.#collectorHelp.textContent = collectors[this.#collector.value] ?? '';
    this.#stopHelp.textContent = stops[this.#stop.value] ?? '';
    this.#secondsRow.hidden = this.#isManual;
  }

  #submitsOnEnter(field: TextField): void {
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') void this.#submit();
    });
  }
}

/** What is no number goes on as it was typed, so that the answer can name it. */
function numberOrText(typed: string): number | string {
  return typed === '' || Number.isNaN(Number(typed)) ? typed : Number(typed);
}
