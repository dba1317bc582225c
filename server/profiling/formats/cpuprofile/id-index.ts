import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';

/** Where the node with an id stands. Ids mostly count from 1: a column finds those, a Map takes ten times as long. */
export class IdIndex {
  readonly #column: Int32Array | undefined;
  readonly #map: Map<number, number> | undefined;

  /** Refuses an id that stands twice. */
  constructor(ids: Float64Array) {
    const isDense = ids.every((id) => Number.isInteger(id) && id >= 0 && id < 4 * ids.length + 1024);
    this.#column = isDense ? new Int32Array(4 * ids.length + 1024).fill(-1) : undefined;
    this.#map = isDense ? undefined : new Map();
    ids.forEach((id, at) => {
      if (this.get(id) !== -1) {
        throw new ProfileFormatError(`profile.nodes[${at}].id`, `${id} is taken already`);
      }
      if (this.#column === undefined) this.#map?.set(id, at);
      else this.#column[id] = at;
    });
  }

  /** -1 where there is none. */
  get(id: number): number {
    return (this.#column === undefined ? this.#map?.get(id) : this.#column[id]) ?? -1;
  }
}
