import { describeError } from '../../lib/describe-error.ts';
import { ConfigError } from '../config-error.ts';
import type { FromLoader } from '../config-messages.ts';
import { checkConfig, withoutUndefined } from './check-config.ts';
import type { CheckedConfig, CheckedHandler } from './config-schema.ts';
import { loadUnchecked } from './load-config.ts';
import { loadHandler } from './load-handler.ts';
import { type UsablePart, usablePart } from './usable-part.ts';
import { userModules } from './user-modules.ts';

/**
 * Loads a config file and all that it names into this process, and tells what comes of it step by step: a step that
 * never ends is then known by what was told before it.
 */
export async function listHandlers(file: string, tell: (message: FromLoader) => void): Promise<void> {
  const modules = userModules();
  let value: unknown;
  let config: CheckedConfig;
  try {
    value = await loadUnchecked(file, modules);
    config = checkConfig(value, file);
  } catch (error) {
    tell({ type: 'files', files: [...modules.files()] });
    if (error instanceof ConfigError && value !== undefined)
      tell(loaded({ ...usablePart(value), database: {} }));
    return tell({ type: 'failed', fault: describeError(error) });
  }
  tell({ type: 'files', files: [...modules.files()] });
  tell(loaded(config));
  for (const [index, handler] of config.handlers.entries()) {
    tell({ type: 'checking', index });
    const fault = await loadHandler({ file, index, handler }, modules).then(() => undefined, describeError);
    tell({ type: 'checked', index, ...(fault && { fault }) });
  }
  tell({ type: 'files', files: [...modules.files()] });
  tell({ type: 'done' });
}

function loaded({
  handlers,
  database,
  retries,
  examples,
}: UsablePart & Pick<CheckedConfig, 'database' | 'retries'>): FromLoader {
  return {
    type: 'loaded',
    handlers: handlers.map(summaryOf),
    ...(database.url !== undefined && { databaseUrl: database.url }),
    retries: withoutUndefined(retries),
    examples,
  };
}

const EFFECT =
  'A command of your own: it may change the data that it works on, once per iteration and once to warm up.';

/** What lists show of it. */
export function summaryOf({ name, kind, summary, effect, module, export: exported }: CheckedHandler) {
  const told = effect ?? (kind === 'command' ? EFFECT : undefined);
  return {
    name,
    kind,
    summary: summary ?? `${exported === 'default' ? 'The default export' : exported} of ${module}.`,
    ...(told !== undefined && { effect: told }),
  };
}
