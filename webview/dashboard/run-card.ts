import type { Run, RunEvent } from '../../server/protocol/run.ts';
import { type Button, button } from '../controls.ts';
import { element } from '../element.ts';
import { counted, formatCount, formatMillis } from '../format.ts';
import { Progress } from './progress.ts';
import { titleOf } from './run-title.ts';

/** What can be done to a run that is not over; what was pressed is disabled while it is done. */
interface RunCardActions {
  cancelled(pressed: { disabled: boolean }): void;
  /** It shall end what it does and keep what it has. */
  stopped(pressed: { disabled: boolean }): void;
}

/** A run that is not over: what it does, for how long, and the button that ends it. */
export class RunCard {
  readonly root: HTMLElement;
  readonly #progress: Progress;
  readonly #elapsed = element('p', { class: 'run-elapsed' });
  readonly #figures = element('p', { class: 'run-elapsed' });
  readonly #run: Run;
  readonly #stop: Button;
  #isQueued: boolean;
  #startedAt: number;
  readonly #timer: number;

  constructor(run: Run, { cancelled, stopped }: RunCardActions) {
    this.#run = run;
    this.#isQueued = run.state === 'queued';
    this.#startedAt = Date.parse(run.createdAt);
    this.#progress = new Progress(titleOf(run));
    const cancel = button({ text: 'Cancel', pressed: () => cancelled(cancel) });
    this.#stop = button({
      text: 'Stop',
      title: 'Stop and keep what was recorded',
      appearance: 'primary',
      pressed: () => stopped(this.#stop),
    });
    this.#stop.hidden = true;
    this.root = element(
      'div',
      { class: 'run-card' },
      element('h2', { text: titleOf(run) }),
      this.#progress.root,
      this.#elapsed,
      this.#figures,
      element('div', { class: 'run-buttons' }, this.#stop, cancel),
    );
    this.#progress.show({ step: this.#isQueued ? 'Waiting for the runs before' : 'Starting' });
    this.#timer = window.setInterval(() => this.#tick(), 1000);
    this.#tick();
  }

  /** Takes what has just happened in the run. */
  take(event: RunEvent): void {
    if (event.type === 'state' && event.state === 'running' && this.#isQueued) {
      this.#isQueued = false;
      this.#startedAt = Date.now();
      this.#progress.show({ step: 'Starting' });
    }
    if (event.type === 'metrics') this.#figures.textContent = figuresOf(event.values);
    if (event.type !== 'progress') return;
    const { step, done, total } = event;
    // Before there is nothing to keep, and behind it nothing to stop.
    this.#stop.hidden = !isRecording(this.#run.request.kind, step);
    this.#progress.show(total > 0 ? { step, ...progressOf(this.#run, done, total) } : { step });
  }

  /** Takes all runs of the server: those before this one are what it waits for. */
  takeRuns(runs: readonly Run[]): void {
    if (!this.#isQueued) return;
    const ahead = runs.filter((other) => isBefore(other, this.#run)).length;
    if (ahead > 0) this.#progress.show({ step: `Waiting: ${counted(ahead, 'run', 'runs')} ahead` });
  }

  /** Lets go of the clock. */
  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const seconds = Math.max(0, Math.floor((Date.now() - this.#startedAt) / 1000));
    this.#elapsed.textContent = this.#isQueued ? '' : `${clock(seconds)} elapsed`;
  }
}

function isRecording(kind: Run['request']['kind'], step: string): boolean {
  return kind === 'profile' ? step.startsWith('Profiling ') : kind === 'attach' && step === 'Recording';
}

/** Seconds of a process come in fractions, of which whole ones are told. */
function progressOf({ request }: Run, done: number, total: number) {
  const share = done / total;
  return request.kind === 'attach' ? { share, done: Math.floor(done), total } : { share, done, total };
}

/** What a simulation did in the last second. */
function figuresOf(values: Readonly<Record<string, number>>): string {
  const { ended = 0, p99Millis = 0, backlog = 0, undone = 0 } = values;
  const parts = [`${formatCount(ended)} operations/s`, `p99 ${formatMillis(p99Millis * 1e3)}`];
  if (backlog > 0) parts.push(`${formatCount(backlog)} waiting`);
  if (undone > 0) parts.push(`${formatCount(undone)} not done`);
  return parts.join(', ');
}

function isBefore(other: Run, { id, createdAt }: Run): boolean {
  const isOver = other.state !== 'queued' && other.state !== 'running';
  return !isOver && other.id !== id && other.createdAt <= createdAt;
}

/** `0:07`, `12:34`, `1:02:03`. */
function clock(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours = 0, minutes = 0, rest = 0] = parts;
  const two = (part: number) => String(part).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
