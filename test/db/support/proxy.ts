import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { answerCounter } from './answer-counter.ts';

/** Stands between a client and a PostgreSQL and can fail as networks and servers do. */
export interface DatabaseProxy extends AsyncDisposable {
  /** The database's URL through the proxy. It stays the same after a change of the server. */
  readonly url: string;
  /** How many statements the servers have answered so far, and one for each connection. */
  readonly answers: number;
  /** Keeps what the server says from now on; what clients say still reaches it. */
  holdAnswers(): void;
  /** Lets what was kept go to the clients, and all that follows. */
  passAnswers(): void;
  /** Resolves when the server has answered something that is being kept. */
  answerHeld(): Promise<void>;
  /** Ends all connections at once and lets nobody in: the server's machine is gone. */
  cut(): void;
  /** Lets clients in again, to another server when one is given. */
  restore(url?: string): void;
}

export async function databaseProxy(url: string): Promise<DatabaseProxy> {
  const proxy = new SocketPairs(url);
  await proxy.listen();
  return proxy;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

class SocketPairs implements DatabaseProxy {
  readonly #listener: Server;
  readonly #pairs = new Set<Pair>();
  #target: URL;
  #answers = 0;
  #isCut = false;
  #isHeld = false;
  #held: (() => void)[] = [];
  #onHeld = Promise.withResolvers<void>();

  constructor(url: string) {
    this.#target = new URL(url);
    this.#listener = createServer((client) => this.#join(client));
  }

  async listen(): Promise<void> {
    this.#listener.listen(0, '127.0.0.1');
    await once(this.#listener, 'listening');
  }

  get url(): string {
    const address = this.#listener.address();
    const url = new URL(this.#target);
    url.hostname = '127.0.0.1';
    url.port = String(typeof address === 'object' && address !== null ? address.port : '');
    return url.href;
  }

  get answers(): number {
    return this.#answers;
  }

  holdAnswers(): void {
    this.#isHeld = true;
    this.#onHeld = Promise.withResolvers();
  }

  passAnswers(): void {
    this.#isHeld = false;
    for (const pass of this.#held) pass();
    this.#held = [];
  }

  answerHeld(): Promise<void> {
    return this.#onHeld.promise;
  }

  cut(): void {
    this.#isCut = true;
    this.#held = [];
    this.#isHeld = false;
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  restore(url?: string): void {
    if (url !== undefined) this.#target = new URL(url);
    this.#isCut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#listener.close();
    await once(this.#listener, 'close');
  }

  #join(client: Socket): void {
    if (this.#isCut) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(Number(this.#target.port), this.#target.hostname);
    const pair = { client, server };
    this.#pairs.add(pair);
    client.on('data', (said) => server.write(said));
    const countAnswers = answerCounter();
    server.on('data', (answer) => {
      this.#answers += countAnswers(answer);
      this.#answer(client, answer);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      // The end of one is the end of the other; its cause does not matter here.
      one.on('error', () => other.destroy());
      one.on('close', () => {
        other.end();
        this.#pairs.delete(pair);
      });
    }
  }

  #answer(client: Socket, answer: Buffer): void {
    if (!this.#isHeld) {
      client.write(answer);
      return;
    }
    this.#held.push(() => client.write(answer));
    this.#onHeld.resolve();
  }
}
