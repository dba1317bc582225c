import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface TestReport extends AsyncDisposable {
  /** Where tests-entry.cjs reports to. */
  readonly socket: string;
  /** Resolves when the tests begin. */
  readonly started: Promise<void>;
  hasStarted(): boolean;
  /** What the tests themselves gave as their end; undefined when they were cut off. Resolves when the line is closed. */
  code(): Promise<number | undefined>;
}

/** Takes the reports of the tests in the extension host and prints what they print. */
export async function testReport(folder: string): Promise<TestReport> {
  const socket = join(folder, 'report.sock');
  let connection: Socket | undefined;
  let code: number | undefined;
  const started = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const server = createServer((accepted) => {
    connection = accepted;
    started.resolve();
    accepted.once('close', () => closed.resolve());
    createInterface({ input: accepted }).on('line', (line) => {
      const [kind, value] = JSON.parse(line) as ['stdout' | 'stderr', string] | ['end', number];
      if (kind === 'end') code = value;
      else process[kind].write(value);
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    started: started.promise,
    hasStarted: () => connection !== undefined,
    code: async () => {
      if (connection !== undefined) await closed.promise;
      return code;
    },
    [Symbol.asyncDispose]: async () => {
      connection?.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
