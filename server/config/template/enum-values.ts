import type { Syntax } from './parse-source.ts';

/** The members' values in running code: counted from 0, or from the number before. */
export function enumValues({ members = [] }: Syntax): readonly string[] {
  let next = 0;
  return members.map(({ initializer }) => {
    if (initializer?.raw !== undefined && typeof initializer.value === 'string') return initializer.raw;
    if (typeof initializer?.value === 'number') next = initializer.value;
    const value = String(next);
    next += 1;
    return value;
  });
}
