import type { ServerClient } from '../../server/protocol/client.ts';
import { ServerRequestError } from '../../server/protocol/server-request-error.ts';
import type { ServerStatus } from '../../server/protocol/server-status.ts';

/** What the page knows of its server. */
export type ServerView =
  | { readonly kind: 'status'; readonly status: ServerStatus }
  /** It does not answer. */
  | { readonly kind: 'lost' }
  /** It answers, but not to this page: the cookie is missing or of another server. */
  | { readonly kind: 'refused'; readonly message: string; readonly advice: string; readonly status: number };

const WHILE_STARTING_MS = 300;
const WHILE_READY_MS = 4000;
const WHILE_LOST_MS = 1500;

/** Asks the server how it is, often while that changes, seldom while it does not. Never ends: neither does the page. */
export class ServerWatch {
  readonly #client: ServerClient;
  readonly #told: (view: ServerView) => void;
  #timer = 0;
  #isAsking = false;

  constructor(client: ServerClient, told: (view: ServerView) => void) {
    this.#client = client;
    this.#told = told;
  }

  /** Asks now, and from now on. */
  async ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    clearTimeout(this.#timer);
    const view = await this.#view();
    this.#isAsking = false;
    this.#timer = window.setTimeout(() => void this.ask(), pauseAfter(view));
    this.#told(view);
  }

  async #view(): Promise<ServerView> {
    try {
      return { kind: 'status', status: await this.#client.status() };
    } catch (error) {
      if (!(error instanceof ServerRequestError) || error.status === 0) return { kind: 'lost' };
      return { kind: 'refused', message: error.message, advice: error.advice ?? '', status: error.status };
    }
  }
}

function pauseAfter(view: ServerView): number {
  if (view.kind !== 'status') return WHILE_LOST_MS;
  return view.status.state === 'ready' ? WHILE_READY_MS : WHILE_STARTING_MS;
}
