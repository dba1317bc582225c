import { parseRunRequest } from '../protocol/parse-run-request.ts';
import type { SimulationRequest } from '../protocol/simulation-request.ts';
import { numberOrText } from './option-values.ts';
import { SIMULATION_OPTIONS, type SimulationValues } from './simulation-options.ts';
import { UsageError } from './usage-error.ts';

/** @throws UsageError that names the option */
export function simulationRequestOf(values: SimulationValues): SimulationRequest {
  const fields = SIMULATION_OPTIONS.map(({ flag, field }) => {
    const given = values[attributeOf(flag)];
    return [field, typeof given === 'string' ? numberOrText(given) : undefined] as const;
  });
  const given = Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  const parsed = parseRunRequest({ kind: 'simulation', ...given, snapshots: values.snapshots });
  if (!parsed.ok) throw new UsageError(inFlags(parsed.error.message), inFlags(parsed.error.advice ?? ''));
  if (parsed.request.kind !== 'simulation')
    throw new TypeError('The schema gave another kind of request back');
  return parsed.request;
}

/** As commander does it: `--active-readers` is `activeReaders`. */
function attributeOf(flag: string): string {
  return flag.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

const FLAGS = new Map<string, string>(SIMULATION_OPTIONS.map(({ field, flag }) => [field, flag]));

// All at once: a flag holds the names of other fields.
const FIELDS = new RegExp(`\\b(?:${[...FLAGS.keys()].join('|')})\\b`, 'g');

/** A sentence about fields as one about options. */
function inFlags(sentence: string): string {
  return sentence.replace(FIELDS, (field) => FLAGS.get(field) ?? field);
}
