import type { ProfileRequest } from '../../server/protocol/run.ts';
import { dropdown, fillDropdown, type TextField, textField } from '../controls.ts';
import { element } from '../element.ts';
import { FieldFault } from './field-fault.ts';

type StopKind = NonNullable<ProfileRequest['stop']>['kind'];

interface StopField {
  readonly label: string;
  readonly preset: string;
  /** Path of the field in a request, for faults. */
  readonly path: string;
  readonly missing: string;
}

/** What each choice means; `field` is what has to be typed for it. */
const STOPS: Readonly<Record<StopKind, { readonly help: string; readonly field?: StopField }>> = {
  iterations: {
    help: 'After so many executions.',
    field: {
      label: 'Iterations',
      preset: '50',
      path: 'iterations',
      missing: 'Type how often to run the handler, for example 50.',
    },
  },
  duration: {
    help: 'Behind the execution during which the time is up.',
    field: {
      label: 'Seconds',
      preset: '10',
      path: 'stop.seconds',
      missing: 'Type for how many seconds to run the handler, for example 10.',
    },
  },
  manual: { help: 'When you press Stop, after ten minutes at the latest.' },
  'slower-than': {
    help: 'Behind the first execution that takes longer, after a minute at the latest.',
    field: {
      label: 'Milliseconds',
      preset: '50',
      path: 'stop.millis',
      missing: 'Type how long an execution may take, for example 50.',
    },
  },
};

const KINDS = Object.keys(STOPS) as readonly StopKind[];

/** When a profile ends: the choice, and the number that it needs. */
export class StopFields {
  readonly root = element('div', { class: 'form-stop' });
  readonly #kind = dropdown({ label: 'Stop', chosen: () => this.#show() });
  readonly #help = element('p', { class: 'form-help' });
  readonly #fields = new Map<StopKind, { readonly field: TextField; readonly fault: FieldFault }>();
  readonly #row = element('div', { class: 'form-row' });

  constructor(submitted: () => void) {
    fillDropdown(this.#kind, KINDS, 'iterations');
    for (const kind of KINDS) this.#addField(kind, submitted);
    const label = element('span', {
      class: 'form-label',
      text: 'Stop',
      attributes: { 'aria-hidden': 'true' },
    });
    this.root.append(element('div', { class: 'form-row' }, label, this.#kind, this.#help), this.#row);
    this.#show();
  }

  /** The fields of a request; or nothing, and the fault is shown. */
  value(): Readonly<Record<string, unknown>> | undefined {
    const kind = this.#chosen();
    const entry = this.#fields.get(kind);
    const typed = entry?.field.value.trim() ?? '';
    if (entry !== undefined && typed === '') {
      entry.fault.show(STOPS[kind].field?.missing ?? '');
      return undefined;
    }
    // What is no number goes on as it was typed, so that the answer can name it.
    const number = Number.isNaN(Number(typed)) ? typed : Number(typed);
    switch (kind) {
      case 'iterations':
        return { iterations: number };
      case 'duration':
        return { stop: { kind, seconds: number } };
      case 'manual':
        return { stop: { kind } };
      case 'slower-than':
        return { stop: { kind, millis: number } };
    }
  }

  /** Shows what a run was asked for. */
  take({ iterations, stop }: Pick<ProfileRequest, 'iterations' | 'stop'>): void {
    const kind = stop?.kind ?? 'iterations';
    this.#kind.value = kind;
    const entry = this.#fields.get(kind);
    if (entry !== undefined) {
      const value =
        stop?.kind === 'duration' ? stop.seconds : stop?.kind === 'slower-than' ? stop.millis : iterations;
      entry.field.value = String(value);
    }
    this.clear();
    this.#show();
  }

  /** False when the field is none of these. */
  showFault(path: string, sentence: string): boolean {
    const entry = KINDS.map((kind) => ({ kind, path: STOPS[kind].field?.path })).find(
      (one) => one.path === path,
    );
    const shown = entry && this.#fields.get(entry.kind);
    shown?.fault.show(sentence);
    return shown !== undefined;
  }

  clear(): void {
    for (const { fault } of this.#fields.values()) fault.clear();
  }

  #addField(kind: StopKind, submitted: () => void): void {
    const { field: wanted } = STOPS[kind];
    if (wanted === undefined) return;
    const field = textField({ label: wanted.label, typed: () => fault.clear() });
    const fault = new FieldFault(field, `${wanted.path.replace('.', '-')}-fault`);
    field.value = wanted.preset;
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') submitted();
    });
    this.#fields.set(kind, { field, fault });
  }

  #show(): void {
    const kind = this.#chosen();
    const { help, field } = STOPS[kind];
    const entry = this.#fields.get(kind);
    this.#help.textContent = help;
    this.#row.hidden = entry === undefined;
    if (entry === undefined) return;
    const label = element('span', {
      class: 'form-label',
      text: field?.label ?? '',
      attributes: { 'aria-hidden': 'true' },
    });
    this.#row.replaceChildren(label, entry.field, entry.fault.root);
  }

  #chosen(): StopKind {
    return KINDS.find((kind) => kind === this.#kind.value) ?? 'iterations';
  }
}
