import type { Snapshotable } from '../../../server/handling/projection.ts';

/** How the count of the counter example is kept. */
export const countAsText: Snapshotable<number> = {
  version: 1,
  encode: (counted) => JSON.stringify({ counted }),
  decode: (json) => {
    const { counted } = JSON.parse(json);
    if (typeof counted !== 'number') throw new TypeError('no count');
    return counted;
  },
  copy: (counted) => counted,
};
