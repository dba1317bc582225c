import { type Constant, constantValue } from './constant-value.ts';
import type { Syntax } from './parse-source.ts';

/**
 * The members' values in running code: counted from 0, or from the number before. Undefined when the value of a member
 * is computed otherwise than `constantValue` can follow.
 */
export function enumValues({ members = [], ...node }: Syntax): readonly Constant[] | undefined {
  // Of an enum that is only declared, other code says what its members without a value are.
  const isElsewhere = node.declare === true && node.const !== true;
  const values = new Map<string, Constant>();
  let next: number | undefined = isElsewhere ? undefined : 0;
  for (const { id, initializer } of members) {
    const value: Constant | undefined = initializer ? constantValue(initializer, values) : next;
    if (value === undefined) return undefined;
    values.set(id?.name ?? String(id?.value), value);
    next = typeof value === 'number' && !isElsewhere ? value + 1 : undefined;
  }
  return [...values.values()];
}
