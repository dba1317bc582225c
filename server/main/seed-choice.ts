import type { SeedRequest } from '../protocol/run.ts';
import type { DatabaseInfo } from './database.ts';
import type { OwnConfig } from './own-config.ts';
import type { ServerOptions } from './running-server.ts';

/** What an empty store is filled with. What nobody asked for goes into a database of our own only, and only where the examples are. */
export async function seedFor(
  { kind }: DatabaseInfo,
  { seed, isSeedAsked = false }: Pick<ServerOptions, 'seed' | 'isSeedAsked'>,
  config: OwnConfig,
): Promise<SeedRequest | undefined> {
  if (isSeedAsked || seed === undefined) return seed;
  const { examples = true } = (await config.current()) ?? {};
  return kind === 'embedded' && examples ? seed : undefined;
}
