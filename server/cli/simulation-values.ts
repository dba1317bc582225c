import type { SimulationRequest } from '../protocol/simulation-request.ts';
import { timeIn } from './duration-value.ts';
import { numberOrText } from './number-value.ts';
import { requestFrom } from './request-from.ts';
import { SIMULATION_OPTIONS, type SimulationOption, type SimulationValues } from './simulation-options.ts';

/** @throws UsageError that names the option */
export function simulationRequestOf(values: SimulationValues): SimulationRequest {
  const fields = SIMULATION_OPTIONS.map((option) => {
    const given = values[attributeOf(option.flag)];
    return [option.field, typeof given === 'string' ? fieldValue(option, given) : undefined] as const;
  });
  const { snapshots } = values;
  return requestFrom('simulation', { ...Object.fromEntries(fields), snapshots }, NAMES);
}

const NAMES = Object.fromEntries(SIMULATION_OPTIONS.map(({ field, flag, unit }) => [field, { flag, unit }]));

/** As commander does it: `--active-readers` is `activeReaders`. */
function attributeOf(flag: string): string {
  return flag.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function fieldValue({ flag, unit }: SimulationOption, given: string): number | string | undefined {
  return unit === undefined ? numberOrText(given) : timeIn(unit, flag, given);
}
