import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type ClientClass, isClientClass, isPoolClass, type PoolClass } from './pg-shapes.ts';

export interface PgModules {
  clients(client: ClientClass): void;
  pools(pool: PoolClass): void;
}

/**
 * Finds every copy of pg that the process has loaded or loads from now on, whoever brings it: the program, its packages,
 * by `import` or `require`. Node.js tells each `require` on a channel, those inside of an imported CommonJS package too:
 * https://nodejs.org/api/diagnostics_channel.html#built-in-channels. pg's own files are CommonJS in all its versions.
 *
 * What a bundler has put into the program's own file cannot be found. `again` looks through what is loaded once more,
 * for loaders that go round the channel.
 */
export function findPgModules(found: PgModules): { readonly again: () => void; readonly stop: () => void } {
  const take = (value: unknown) => {
    if (isClientClass(value)) found.clients(value);
    else if (isPoolClass(value)) found.pools(value);
  };
  const loaded = (message: unknown) => {
    if (!isRequire(message)) return;
    const { id, parentFilename, result } = message;
    const isOfPg = parentFilename !== undefined && pgIndex.test(parentFilename);
    if (isOfPg || id === 'pg-pool') take(result);
  };
  const again = () => {
    for (const [file, module] of Object.entries(createRequire(import.meta.url).cache)) {
      if (pgFile.test(file)) take(module?.exports);
    }
  };
  again();
  subscribe(CHANNEL, loaded);
  return { again, stop: () => void unsubscribe(CHANNEL, loaded) };
}

const CHANNEL = 'tracing:module.require:end';

const separator = path.sep === '\\' ? '[\\\\/]' : '/';
/** The file that requires pg's parts, in whatever folder a package manager puts the package. */
const pgIndex = new RegExp(`${separator}lib${separator}index\\.js$`);
const pgFile = new RegExp(`${separator}(lib${separator}client|pg-pool${separator}index)\\.js$`);

interface Required {
  readonly id: string;
  readonly parentFilename?: string;
  readonly result?: unknown;
}

function isRequire(message: unknown): message is Required {
  return typeof message === 'object' && message !== null && 'id' in message && typeof message.id === 'string';
}
