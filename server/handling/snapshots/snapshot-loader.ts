import { InvalidOptionError, OperationCanceledError, SnapshotCorruptError } from '../../eventstore/errors.ts';
import type { EventFilter } from '../../eventstore/event-filter.ts';
import type { Snapshot } from '../../eventstore/snapshot.ts';
import { callOptions } from '../call-options.ts';
import type { HandleOptions } from '../handler.ts';
import { KeptState } from '../kept-state.ts';
import type { HandlerKind, RebuildReason } from '../operation-record.ts';
import type { SnapshotProjection } from '../projection.ts';
import { copyState } from './copy-state.ts';
import type { SnapshotKeeper } from './snapshot-keeper.ts';
import { readStoredForm } from './stored-form.ts';

interface Loaded<State> {
  readonly kept: KeptState<State>;
  readonly characters: number;
  readonly savedAt: Date;
}

/** Fetches the states of one handler from the event store. */
export class SnapshotLoader<State> {
  /** The name under which the states are stored: another version is another projection. */
  readonly projectionType: string;
  readonly #handler: { readonly name: string; readonly kind: HandlerKind };
  readonly #projection: SnapshotProjection<State>;
  readonly #keeper: SnapshotKeeper;

  /** @throws InvalidOptionError for an impossible version */
  constructor(
    handler: { readonly name: string; readonly kind: HandlerKind },
    projection: SnapshotProjection<State>,
    keeper: SnapshotKeeper,
  ) {
    this.#handler = handler;
    this.#projection = projection;
    this.#keeper = keeper;
    this.projectionType = `${handler.name}${versionMark}${validVersion(projection.version)}`;
  }

  /** A state without events. */
  empty(): KeptState<State> {
    return KeptState.empty(this.#projection.initialState(), (state) => copyState(this.#projection, state));
  }

  /** The state as it was saved, or why there is none to go on from. A fault is told and not thrown. */
  async load(filter: EventFilter, options: HandleOptions<State>): Promise<Loaded<State> | RebuildReason> {
    let snapshot: Snapshot | undefined;
    try {
      snapshot = await this.#keeper.store.loadSnapshot(this.projectionType, filter, {
        ...callOptions(options),
        // A command goes on with a strong read, and would only find out then that the replica lags behind.
        consistency: this.#handler.kind === 'command' ? 'strong' : 'eventual',
      });
    } catch (fault) {
      if (fault instanceof OperationCanceledError) throw fault;
      this.#tell('load', fault);
      return fault instanceof SnapshotCorruptError ? 'corrupt' : 'unreadable';
    }
    return snapshot === undefined ? 'missing' : this.#decoded(snapshot);
  }

  /** Whether the event store has a state of another version for the filter. */
  async hasOtherVersion(filter: EventFilter, options: HandleOptions<State>): Promise<boolean> {
    try {
      const all = (await this.#keeper.inventory?.listSnapshots({ ...callOptions(options), filter })) ?? [];
      return all.some(({ projectionType }) => {
        const end = projectionType.lastIndexOf(versionMark);
        return projectionType.slice(0, end) === this.#handler.name && projectionType !== this.projectionType;
      });
    } catch (fault) {
      this.#tell('load', fault);
      return false;
    }
  }

  #decoded({ data, sequenceNumber, createdAt }: Snapshot): Loaded<State> | RebuildReason {
    return this.#keeper.phases.phase('snapshot_decode', () => {
      const form = readStoredForm(data);
      if (form === undefined) return 'incompatible';
      try {
        const state = this.#projection.decode(form.state);
        const folded = { state, sequenceNumber, last: form.last };
        const kept = new KeptState(folded, (held) => copyState(this.#projection, held));
        return { kept, characters: data.length, savedAt: createdAt };
      } catch (fault) {
        this.#tell('decode', fault);
        return 'incompatible';
      }
    });
  }

  #tell(what: 'load' | 'decode', fault: unknown): void {
    this.#keeper.tell({ handler: this.#handler.name, what, fault });
  }
}

const versionMark = ' v';

// Composite projections have a number for each part.
const versionForm = /^[1-9]\d*(\.[1-9]\d*)*$/;

function validVersion(version: number | string): string {
  const isFraction = typeof version === 'number' && !Number.isSafeInteger(version);
  if (!isFraction && versionForm.test(String(version))) return String(version);
  throw new InvalidOptionError(`A projection cannot have the version ${version}.`, {
    advice: 'Give a whole number from 1 up.',
    field: 'version',
  });
}
