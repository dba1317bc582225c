import { InvalidOptionError, OperationCanceledError, SnapshotCorruptError } from '../../eventstore/errors.ts';
import type { EventFilter } from '../../eventstore/event-filter.ts';
import type { Snapshot } from '../../eventstore/snapshot.ts';
import { callOptions } from '../call-options.ts';
import { KeptState } from '../folding/kept-state.ts';
import type { Handled, HandleOptions, Handler } from '../handler.ts';
import type { SnapshotProjection } from '../projection.ts';
import type { RebuildReason } from '../recording/operation-record.ts';
import { copyState } from './copy-state.ts';
import type { SnapshotKeeper } from './snapshot-keeper.ts';
import { readStoredForm } from './stored-form.ts';

/** Which of a handler's states is meant. */
export interface StateKey {
  /** The name under which it is stored: another version is another projection. */
  readonly projectionType: string;
  readonly filter: EventFilter;
}

interface Loaded<State> {
  readonly kept: KeptState<State>;
  readonly characters: number;
  readonly savedAt: Date;
  readonly mark: Snapshot['mark'];
}

/** Why there is no state to go on from. */
interface Unusable {
  readonly reason: RebuildReason;
  /** Of the saved one: it would fail the next reader again, and may have a higher number. */
  readonly mark?: Snapshot['mark'] | undefined;
}

/** Fetches the states of one handler from the event store. */
export class SnapshotLoader<Input, State> {
  readonly #handler: Stated<Input>;
  readonly #version: string;
  readonly #projection: SnapshotProjection<State>;
  readonly #keeper: SnapshotKeeper;

  /** @throws InvalidOptionError for an impossible version */
  constructor(handler: Stated<Input>, projection: SnapshotProjection<State>, keeper: SnapshotKeeper) {
    this.#handler = handler;
    this.#projection = projection;
    this.#keeper = keeper;
    this.#version = validVersion(projection.version);
  }

  keyOf(input: Input): StateKey {
    const [before, after] = this.#aroundVersion(input);
    return { projectionType: `${before}${this.#version}${after}`, filter: this.#handler.filter(input) };
  }

  /** A state without events. */
  empty(): KeptState<State> {
    return KeptState.empty(this.#projection.initialState(), (state) => copyState(this.#projection, state));
  }

  /** The state as it was saved, or why there is none to go on from. A fault is told and not thrown. */
  async load(
    { projectionType, filter }: StateKey,
    options: HandleOptions<State>,
  ): Promise<Loaded<State> | Unusable> {
    let snapshot: Snapshot | undefined;
    try {
      snapshot = await this.#keeper.store.loadSnapshot(projectionType, filter, {
        ...callOptions(options),
        // A command goes on with a strong read, and would only find out then that the replica lags behind.
        consistency: this.#handler.kind === 'command' ? 'strong' : 'eventual',
      });
    } catch (fault) {
      if (fault instanceof OperationCanceledError) throw fault;
      this.#tell('load', fault);
      if (fault instanceof SnapshotCorruptError) return { reason: 'corrupt', mark: fault.mark };
      return { reason: 'unreadable' };
    }
    return snapshot === undefined ? { reason: 'missing' } : this.#decoded(snapshot);
  }

  /** Whether the event store has the state of another version. */
  async hasOtherVersion(input: Input, options: HandleOptions<State>): Promise<boolean> {
    const filter = this.#handler.filter(input);
    const [before, after] = this.#aroundVersion(input);
    try {
      const all = (await this.#keeper.inventory?.listSnapshots({ ...callOptions(options), filter })) ?? [];
      return all.some(({ projectionType }) => {
        if (!projectionType.startsWith(before) || !projectionType.endsWith(after)) return false;
        const version = projectionType.slice(before.length, projectionType.length - after.length);
        return versionForm.test(version) && version !== this.#version;
      });
    } catch (fault) {
      this.#tell('load', fault);
      return false;
    }
  }

  #decoded({ data, sequenceNumber, createdAt, mark }: Snapshot): Loaded<State> | Unusable {
    return this.#keeper.phases.phase('snapshot_decode', () => {
      const form = readStoredForm(data);
      if (form === undefined) return { reason: 'incompatible', mark };
      try {
        const state = this.#projection.decode(form.state);
        const folded = { state, sequenceNumber, last: form.last };
        const kept = new KeptState(folded, (held) => copyState(this.#projection, held));
        return { kept, characters: data.length, savedAt: createdAt, mark };
      } catch (fault) {
        this.#tell('decode', fault);
        return { reason: 'incompatible', mark };
      }
    });
  }

  /** What stands before and after the version in the name under which the state is stored. */
  #aroundVersion(input: Input): readonly [before: string, after: string] {
    const stateKey = this.#handler.stateKey?.(input);
    return [`${this.#handler.name} v`, stateKey === undefined ? '' : ` ${stateKey}`];
  }

  #tell(what: 'load' | 'decode', fault: unknown): void {
    this.#keeper.tell({ handler: this.#handler.name, what, fault });
  }
}

type Stated<Input> = Pick<Handler<Input, Handled, unknown>, 'name' | 'kind' | 'filter' | 'stateKey'>;

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
