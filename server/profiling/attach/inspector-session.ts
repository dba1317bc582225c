import { AttachError } from './attach-errors.ts';

/** One message of the DevTools protocol, as far as it is looked at. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message?: string };
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

// A process that is busy answers between two of its statements; one that sleeps in a system call does not.
const ANSWER_WITHIN_MS = 10_000;

/** A conversation with the inspector of another process. */
export class InspectorSession implements Disposable {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, (params: unknown) => void>();
  readonly #closed = Promise.withResolvers<void>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#receive(String(data)));
    socket.addEventListener('close', () => this.#end());
  }

  /** @throws AttachError when nobody answers there */
  static async open(url: string): Promise<InspectorSession> {
    const socket = new WebSocket(url);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(noAnswer()), ANSWER_WITHIN_MS);
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(unreachable(url)));
    try {
      await promise;
      return new InspectorSession(socket);
    } catch (error) {
      socket.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Settles when the other side is gone, or this one has hung up. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Told of one kind of event. */
  on(method: string, listener: (params: unknown) => void): void {
    this.#listeners.set(method, listener);
  }

  /**
   * Asks for something and gives what comes back.
   * @throws AttachError when it is refused, when the process ends, or when it does not answer
   */
  async send(method: string, params: object = {}, withinMs = ANSWER_WITHIN_MS): Promise<unknown> {
    const id = ++this.#last;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (this.#socket.readyState !== WebSocket.OPEN) throw ended();
    this.#waiting.set(id, { resolve, reject });
    const timer = setTimeout(() => reject(noAnswer()), withinMs);
    this.#socket.send(JSON.stringify({ id, method, params }));
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** The value of an expression in the other process; `require` is known to it there. */
  async evaluate(expression: string, withinMs = ANSWER_WITHIN_MS): Promise<unknown> {
    const options = { expression, returnByValue: true, includeCommandLineAPI: true };
    const answer = await this.send('Runtime.evaluate', options, withinMs);
    const { result } = answer as { readonly result?: { readonly value?: unknown } };
    return result?.value;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  #receive(text: string): void {
    const message: Message = JSON.parse(text);
    if (message.method !== undefined) this.#listeners.get(message.method)?.(message.params);
    const waiting = this.#waiting.get(message.id ?? -1);
    if (message.error === undefined) waiting?.resolve(message.result);
    else waiting?.reject(refused(message.error.message ?? ''));
  }

  #end(): void {
    for (const { reject } of this.#waiting.values()) reject(ended());
    this.#closed.resolve();
  }
}

function unreachable(url: string): AttachError {
  return new AttachError('attach_no_inspector', `No inspector answers at ${new URL(url).host}.`, {
    advice:
      'Start the program with --inspect, or attach by its process id. Another tool may hold the connection.',
  });
}

function noAnswer(): AttachError {
  return new AttachError(
    'attach_no_answer',
    `The process does not answer its inspector within ${ANSWER_WITHIN_MS / 1000} seconds.`,
    { advice: 'It may sleep in a system call, or be stopped in a debugger. Try again when it works.' },
  );
}

function ended(): AttachError {
  return new AttachError('attach_ended', 'The process ended before its profile could be fetched.', {
    advice:
      'A process that is killed takes its profile with it; one that ends by itself gives it away first. Record for a shorter time.',
  });
}

function refused(reason: string): AttachError {
  return new AttachError('attach_refused', `The inspector of the process refuses: ${reason}`, {
    advice: 'Another profiler may be recording it. Stop that one and try again.',
  });
}
