import type { HandlerInfo } from '../protocol/handler-info.ts';

/** A line for each handler, and for each field of its input when asked for, to write `--input` by. */
export function handlerList(
  handlers: readonly HandlerInfo[],
  { withFields }: { readonly withFields: boolean },
): string {
  const width = Math.max(...handlers.map(({ name }) => name.length));
  return handlers
    .flatMap((handler) => [line(handler, width), ...(withFields ? fieldLines(handler) : [])])
    .join('\n');
}

function line({ name, kind, summary, effect }: HandlerInfo, width: number): string {
  return `${name.padEnd(width)}  ${kind.padEnd(7)}  ${[summary, effect].filter(Boolean).join(' ')}`;
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
