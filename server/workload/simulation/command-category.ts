import type { Random } from '../../lib/random.ts';
import type { CommandMix } from './simulation-options.ts';

/** What a mix is made of. */
export type CommandCategory = 'lending' | 'circulation' | 'readers';

export function drawCategory(mix: CommandMix, random: Random): CommandCategory {
  const drawn = random.fraction() * 100;
  if (drawn < mix.lendingPercent) return 'lending';
  return drawn < mix.lendingPercent + mix.circulationPercent ? 'circulation' : 'readers';
}
