import path from 'node:path';
import { ConfigError } from '../config-error.ts';
import { checkConfig } from './check-config.ts';
import type { CheckedConfig } from './config-schema.ts';
import { type UserFault, userFault } from './user-fault.ts';
import type { UserModules } from './user-modules.ts';

/**
 * Loads a config file into this process and checks what it exports.
 * @param file absolute
 * @throws ConfigError that names file, line and field
 */
export async function loadConfig(file: string, modules: UserModules): Promise<CheckedConfig> {
  return checkConfig(await loadUnchecked(file, modules), file);
}

/**
 * Loads a config file into this process and gives what it exports, for `checkConfig`.
 * @param file absolute
 * @throws ConfigError that names file and line
 */
export async function loadUnchecked(file: string, modules: UserModules): Promise<unknown> {
  const name = path.basename(file);
  const guarded = guardFor(file, modules);
  const exports = await guarded(() => modules.load(`./${name}`, file));
  const value = defaultOf(exports);
  if (value === undefined) {
    throw new ConfigError('config_no_default_export', `${name}: it has no default export.`, {
      advice: 'Write "export default defineConfig({ … })", or "module.exports = { … }" in a .cjs file.',
    });
  }
  return await guarded(async () => (typeof value === 'function' ? value() : value));
}

/** CommonJS that was an ES module before a compiler came has its default export one step further in. */
function defaultOf(exports: Readonly<Record<string, unknown>>): unknown {
  const value = exports['default'];
  const isCompiled = typeof value === 'object' && value !== null && '__esModule' in value;
  return isCompiled ? Reflect.get(value, 'default') : value;
}

function guardFor(file: string, modules: UserModules) {
  return async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw faultOf(cause, file, modules);
    }
  };
}

function faultOf(cause: unknown, file: string, modules: UserModules): ConfigError {
  const name = path.basename(file);
  const fault = userFault(cause, { folder: path.dirname(file), files: modules.files() });
  return new ConfigError(fault.isSyntax ? 'config_syntax' : 'config_failed', messageOf(fault, name), {
    advice: fault.advice ?? 'Correct it and try again; the file is read anew when it has changed.',
    cause,
  });
}

/** Names the file once, whether the fault lies in it or in what it imports. */
function messageOf({ sentence, place, isSyntax, isImport }: UserFault, name: string): string {
  const told = sentence.replace(/\.?$/, '.');
  if (isSyntax) return `${place ?? name}: ${told}`;
  const isOwn = place === undefined || place === name || place.startsWith(`${name}:`);
  if (isImport) return isOwn ? `${place ?? name}: it ${told}` : `${name} cannot be loaded: ${place} ${told}`;
  return `${place ?? name}: ${isOwn ? 'it' : name} cannot be loaded: ${told}`;
}
