import type { Run, RunState } from '../../server/protocol/run.ts';
import { element } from '../element.ts';
import { planOf } from './plan-subject.ts';
import type { RunCost } from './run-costs.ts';
import { runSize } from './run-size.ts';
import { shortTime } from './short-time.ts';

const STATES: Readonly<Record<RunState, string>> = {
  queued: 'waiting',
  running: 'running',
  succeeded: '',
  failed: 'failed',
  cancelled: 'cancelled',
};

interface RunListFacts {
  /** Id of the run that is shown. */
  readonly current: string | null;
  readonly now: Date;
  costOf(run: string): RunCost;
}

/** Earlier and running profiles and simulations, the newest first, each to be opened. */
export class RunList {
  readonly root = element('nav', { class: 'run-list', attributes: { 'aria-label': 'Runs' } });
  readonly #list = element('ul');
  readonly #none = element('p', { class: 'form-help', text: 'None yet.' });
  readonly #open: (id: string) => void;
  #shown = '';

  constructor(open: (id: string) => void) {
    this.#open = open;
    this.root.append(element('h2', { text: 'Runs' }), this.#none, this.#list);
  }

  show(runs: readonly Run[], { current, now, costOf }: RunListFacts): void {
    const shownRuns = runs.filter(({ request }) => request.kind !== 'seed');
    shownRuns.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
    const rows = shownRuns.map((run) => rowOf(run, now, costOf(run.id)));
    // Rebuilt only on a change: the keyboard focus must not be lost with every answer of the server.
    const shown = JSON.stringify([rows, current]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#none.hidden = rows.length > 0;
    const focused = document.activeElement?.getAttribute('data-run');
    this.#list.replaceChildren(...rows.map((row) => this.#item(row, row.id === current)));
    if (focused != null)
      this.#list.querySelector<HTMLElement>(`[data-run="${CSS.escape(focused)}"]`)?.focus();
  }

  #item({ id, title, detail, state }: Row, isCurrent: boolean): HTMLElement {
    const open = element(
      'button',
      { class: `run is-${state}`, attributes: { type: 'button', 'data-run': id } },
      element('span', { class: 'run-title', text: title, attributes: { title } }),
      element('span', { class: 'run-detail', text: detail }),
    );
    if (isCurrent) open.setAttribute('aria-current', 'true');
    open.addEventListener('click', () => this.#open(id));
    return element('li', {}, open);
  }
}

interface Row {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly state: RunState;
}

function rowOf(
  { id, request, subject, state, createdAt }: Run,
  now: Date,
  { cost, operations }: RunCost,
): Row {
  const detail = [cost, runSize(request, operations), shortTime(new Date(createdAt), now), STATES[state]];
  return {
    id,
    state,
    title: nameOf({ request, subject }),
    detail: detail.filter((part) => part !== '').join(' \u00b7 '),
  };
}

function nameOf({ request, subject }: Pick<Run, 'request' | 'subject'>): string {
  if (request.kind === 'profile') {
    const { handler, snapshots } = request;
    return `${handler}${collectorOf(request)}${snapshots === 'off' ? '' : `, snapshots ${snapshots}`}`;
  }
  if (request.kind === 'attach') return `Process ${request.target}${collectorOf(request)}`;
  if (request.kind === 'explain') return planOf(request, subject);
  return request.kind === 'simulation' ? 'Simulation' : request.kind;
}

/** What recorded it, where that is not the usual one: runs of one handler are told apart by it. */
function collectorOf({ collector }: { readonly collector: string }): string {
  return collector === 'v8-cpu' ? '' : `, ${collector}`;
}
