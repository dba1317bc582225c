import type { HandlerInfo } from '../protocol/handler-info.ts';

interface ListOptions {
  readonly withFields: boolean;
  /** The message of a fault that was told already: no handler repeats it. */
  readonly told?: string | undefined;
}

/** A line for each handler, and for each field of its input when asked for, to write `--input` by. One that cannot be run says why. */
export function handlerList(handlers: readonly HandlerInfo[], { withFields, told }: ListOptions): string {
  const width = Math.max(...handlers.map(({ name }) => name.length));
  if (handlers.length === 0)
    return 'There are no handlers: the config file names none and leaves the examples out.';
  return handlers
    .flatMap((handler) => [
      line(handler, width),
      ...(handler.fault?.message === told ? [] : faultLines(handler)),
      ...(withFields ? fieldLines(handler) : []),
    ])
    .join('\n');
}

function line({ name, kind, summary, effect }: HandlerInfo, width: number): string {
  return `${name.padEnd(width)}  ${kind.padEnd(7)}  ${[summary, effect].filter(Boolean).join(' ')}`;
}

function faultLines({ fault }: HandlerInfo): string[] {
  if (fault === undefined) return [];
  return [fault.message, ...(fault.advice === undefined ? [] : [fault.advice])].map((text) => `    ${text}`);
}

function fieldLines({ fields }: HandlerInfo): string[] {
  // An older server does not tell.
  if (fields === undefined) return [];
  if (fields.length === 0) return ['    no fields: --input {}', ''];
  const width = Math.max(...fields.map(({ name }) => name.length));
  const lines = fields.map(
    ({ name, expected, isRequired }) =>
      `    ${name.padEnd(width)}  ${expected}${isRequired ? '' : '; may be left out'}`,
  );
  return [...lines, ''];
}
