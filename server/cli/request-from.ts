import { parseRunRequest } from '../protocol/parse-run-request.ts';
import type { RunRequest } from '../protocol/run.ts';
import { type TimeUnit, timeText } from './duration-value.ts';
import { UsageError } from './usage-error.ts';

/** How a field of a request is called on the command line. */
export interface OptionName {
  readonly flag: string;
  /** Of a time: what the field counts. */
  readonly unit?: TimeUnit | undefined;
  /** What to do about a wrong one, where the request's own advice would not help. */
  readonly advice?: string;
}

/** By the fields, those of objects as dotted paths. */
export type OptionNames = Readonly<Record<string, OptionName>>;

/**
 * The request that a command line asks for; fields that are undefined are left out.
 * @throws UsageError that names options and times as they are typed
 */
export function requestFrom<K extends RunRequest['kind']>(
  kind: K,
  fields: Readonly<Record<string, unknown>>,
  names: OptionNames,
): Extract<RunRequest, { kind: K }> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const parsed = parseRunRequest({ kind, ...Object.fromEntries(given) });
  if (parsed.ok && isOf(kind, parsed.request)) return parsed.request;
  if (parsed.ok) throw new TypeError('The schema gave another kind of request back');
  const { message, advice = '', field = '' } = parsed.error;
  const own = names[field]?.advice;
  throw new UsageError(asTyped(message, field, names), own ?? asTyped(advice, field, names));
}

function isOf<K extends RunRequest['kind']>(
  kind: K,
  request: RunRequest,
): request is Extract<RunRequest, { kind: K }> {
  return request.kind === kind;
}

/** A sentence about fields as one about options, its numbers of times as times. */
function asTyped(sentence: string, faulty: string, names: OptionNames): string {
  const unit = names[faulty]?.unit;
  const timed = unit === undefined ? sentence : withTimes(sentence, unit);
  return Object.entries(names).reduce((text, [field, name]) => {
    if (!ALSO_A_WORD.test(field)) return replaced(text, field, name);
    return field === faulty ? text.replace(field, name.flag) : text;
  }, timed);
}

/** A field whose name is a word of its own stands for itself only where the sentence begins to speak of it. */
const ALSO_A_WORD = /^[a-z]+$/;

const NUMBER = '(\\d[\\d,]*(?:\\.\\d+)?)';

function replaced(sentence: string, field: string, { flag, unit }: OptionName): string {
  const pattern = new RegExp(`(?<![\\w-])${field.replace('.', '\\.')}(?: ${NUMBER})?(?![\\w.]\\w)`, 'g');
  return sentence.replace(pattern, (_, number: string | undefined) => {
    if (number === undefined) return flag;
    return `${flag} ${unit === undefined ? number : time(number, unit)}`;
  });
}

const RANGE = new RegExp(`a (whole )?number from ${NUMBER} to ${NUMBER}`);
const SINGLE = new RegExp(`((?:at least|at most|out for) |(?<=; ))${NUMBER}(?= |\\.$|$)`, 'g');

const WHOLE: Readonly<Record<TimeUnit, string>> = {
  us: 'a time of whole microseconds',
  ms: 'a time of whole milliseconds',
  s: 'a time of whole seconds',
};

function withTimes(sentence: string, unit: TimeUnit): string {
  return sentence
    .replace(
      RANGE,
      (_, whole: string | undefined, least: string, most: string) =>
        `${whole === undefined ? 'a time' : WHOLE[unit]} from ${time(least, unit)} to ${time(most, unit)}`,
    )
    .replace(SINGLE, (_, before: string, number: string) => `${before}${time(number, unit)}`);
}

function time(number: string, unit: TimeUnit): string {
  return timeText(Number(number.replaceAll(',', '')), unit);
}
