import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fieldFault } from './check-config.ts';
import type { CheckedHandler } from './config-schema.ts';
import { didYouMean, nearestName } from './nearest-name.ts';
import { shownFault, userFault } from './user-fault.ts';
import { ModuleNotFound, type UserModules } from './user-modules.ts';

/** A handler as it is called; whatever it gives back is awaited. */
export type HandlerFunction = (input: unknown, context: unknown) => unknown;

/** A handler of a config file. */
export interface HandlerPlace {
  /** Absolute path of the config file. */
  readonly file: string;
  readonly index: number;
  readonly handler: CheckedHandler;
}

/**
 * Loads the module of a handler into this process.
 * @throws ConfigError that names file, line and field
 */
export async function loadHandler(place: HandlerPlace, modules: UserModules): Promise<HandlerFunction> {
  const { export: name, module } = place.handler;
  const exports = await moduleOf(place, modules);
  const names = namesOf(exports);
  const found = names.get(name);
  if (found === undefined) throw missingExport(place, [...names.keys()]);
  if (typeof found === 'function' && !isClass(found)) return found as HandlerFunction;
  const what = typeof found === 'function' ? 'a class' : found === null ? 'null' : `of type ${typeof found}`;
  throw faultAt(place, 'export', {
    code: 'handler_no_function',
    reason: `'${name}' of '${module}' is ${what}, and a handler must be a function.`,
    advice: 'Export a function that calls it: export const myHandler = (input) => service.handle(input).',
  });
}

async function moduleOf(
  place: HandlerPlace,
  modules: UserModules,
): Promise<Readonly<Record<string, unknown>>> {
  const { file, handler } = place;
  try {
    return await modules.load(handler.module, file);
  } catch (cause) {
    if (cause instanceof ModuleNotFound) throw missingModule(place, cause);
    const code = { folder: path.dirname(file), files: modules.files() };
    const { advice } = userFault(cause, code);
    throw faultAt(place, 'module', {
      code: 'handler_module_failed',
      reason: `'${handler.module}' cannot be loaded: ${shownFault(cause, code)}.`,
      ...(advice !== undefined && { advice }),
      cause,
    });
  }
}

/** Those of a CommonJS module too, which Node.js does not always see from outside. */
function namesOf(exports: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> {
  const inner = exports['default'];
  const own = new Map(Object.entries(exports).filter(([, value]) => value !== undefined));
  own.delete('module.exports');
  own.delete('__esModule');
  const isCommonJs = 'module.exports' in exports && typeof inner === 'object' && inner !== null;
  if (!isCommonJs) return own;
  if (!('default' in inner)) own.delete('default');
  return new Map([...own, ...Object.entries(inner).filter(([name]) => name !== '__esModule')]);
}

function missingExport(place: HandlerPlace, names: readonly string[]): Error {
  const { export: wanted, module } = place.handler;
  const field = wanted === 'default' ? 'default export' : `export '${wanted}'`;
  return faultAt(place, 'export', {
    code: 'handler_export_missing',
    reason: `'${module}' has no ${field}${didYouMean(wanted, names)}`,
    advice:
      names.length === 0
        ? 'It exports nothing.'
        : `It exports ${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ' and more' : ''}.`,
  });
}

const MOST_NAMES = 20;

function missingModule(place: HandlerPlace, cause: unknown): Error {
  const { module } = place.handler;
  const meant = nearestModule(place);
  return faultAt(place, 'module', {
    code: 'handler_module_not_found',
    reason: `there is no module '${module}'${meant === undefined ? '.' : `; did you mean '${meant}'?`}`,
    advice: 'A path begins with ./ and is relative to the config file.',
    cause,
  });
}

/** A file of that folder whose name is alike, or the one that was named without its `./`. */
function nearestModule({ file, handler: { module } }: HandlerPlace): string | undefined {
  const place = path.resolve(path.dirname(file), module);
  const files = filesIn(path.dirname(place));
  const name = path.basename(place);
  const nearest = files.find((file) => path.parse(file).name === name) ?? nearestName(name, files);
  if (nearest === undefined) return undefined;
  const named = path.posix.join(path.posix.dirname(module), nearest);
  return /^\.\.?\//.test(named) ? named : `./${named}`;
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // There is no such folder: then there is nothing that could have been meant.
    return [];
  }
}

/** Calling one without `new` throws; a function of the old kind cannot be told from one. */
function isClass(found: unknown): boolean {
  return /^class\b/.test(Function.prototype.toString.call(found));
}

interface HandlerFault {
  readonly code: string;
  readonly reason: string;
  readonly advice?: string;
  readonly cause?: unknown;
}

/** A fault of one field of a handler. */
export function faultAt(
  { file, index }: Omit<HandlerPlace, 'handler'>,
  field: string,
  fault: HandlerFault,
): Error {
  return fieldFault(file, { path: ['handlers', index, field], ...fault });
}
