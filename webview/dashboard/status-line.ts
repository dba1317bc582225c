import { element } from '../element.ts';
import { formatCount } from '../format.ts';
import type { ServerView } from './server-watch.ts';

/** The state of the server in a few words, in the head of the page. */
export class StatusLine {
  readonly root = element('div', { class: 'status-line', attributes: { role: 'status' } });
  readonly #dot = element('span', { class: 'status-dot' });
  readonly #text = element('span');

  constructor() {
    this.root.append(this.#dot, this.#text);
    this.#say('is-busy', 'Connecting …');
  }

  show(view: ServerView): void {
    if (view.kind === 'lost') this.#say('is-wrong', 'Connection lost, trying again …');
    else if (view.kind === 'refused') this.#say('is-wrong', 'Not allowed');
    else this.#showStatus(view);
  }

  #showStatus({ status }: Extract<ServerView, { kind: 'status' }>): void {
    switch (status.state) {
      case 'starting':
        this.#say('is-busy', 'Starting');
        break;
      case 'failed':
        this.#say('is-wrong', 'The server could not start');
        break;
      case 'stopping':
        this.#say('is-busy', 'Stopping');
        break;
      case 'ready': {
        const database = status.database;
        const parts = ['Ready'];
        if (database !== undefined) {
          parts.push(`${database.kind === 'embedded' ? 'embedded ' : ''}PostgreSQL ${database.version}`);
        }
        if (status.events !== undefined) parts.push(`${formatCount(status.events)} events`);
        this.#say('is-good', parts.join(' \u00b7 '));
        this.root.title = database?.location ?? '';
      }
    }
  }

  #say(state: 'is-good' | 'is-busy' | 'is-wrong', text: string): void {
    this.#dot.className = `status-dot ${state}`;
    // Said only on a change: a screen reader would repeat it with every answer.
    if (this.#text.textContent !== text) this.#text.textContent = text;
  }
}
