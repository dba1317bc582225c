import type { EventFilter } from '../eventstore/event-filter.ts';
import type { EventStore, Position } from '../eventstore/event-store.ts';
import type { SafeSequenceNumber, StorableEvent, StoredEvent } from '../eventstore/storable-event.ts';
import { type CallOptions, callOptions } from './call-options.ts';
import type { Decision } from './decision.ts';
import { readTailAtOnce } from './folding/read-tail.ts';
import type { Handled, HandleOptions, Handler, Resumption } from './handler.ts';
import type { Projection } from './projection.ts';
import { noPhases, type PhaseMarker } from './recording/operation-recorder.ts';

/** What came of a command. A rejection is an outcome, not a fault; its failure event is stored like any other. */
export type CommandAnswer<Reason extends string = string> = Handled &
  (
    | { readonly outcome: 'accepted' | 'idempotent' }
    | { readonly outcome: 'rejected'; readonly reason: Reason }
  );

export type CommandHandler<Command, State, Reason extends string = string> = Handler<
  Command,
  CommandAnswer<Reason>,
  State
>;

/** A command of the domain: its boundary, the state that it is decided on, and its rules. */
export interface CommandDefinition<Command, Event, State, Reason extends string = string>
  extends Projection<Command, Event, State> {
  readonly name: string;
  /** The rules. Pure: time and ids arrive in the command. */
  decide(state: State, command: Command): Decision<Event, Reason>;
  /** Writes an event that the command brought about in the form in which it is stored. */
  marshal(event: Event, command: Command): StorableEvent;
}

export interface CommandDependencies {
  readonly store: EventStore;
  /** Left out, the handler is not observed from inside. */
  readonly phases?: PhaseMarker;
}

interface Reading {
  readonly boundary: EventFilter;
  readonly call: CallOptions;
}

interface Decidable<State> {
  /** To be decided on at once: whoever shares it may change it later. */
  readonly state: State;
  readonly position: Position;
  readonly reached: SafeSequenceNumber;
  readonly eventsFolded: number;
}

/**
 * A command handler: filter → read, strongly consistent → unmarshal → project → decide → marshal → append.
 * The filter that was read is the boundary that guards the append.
 *
 * Going on from a kept state, it reads the tail only. The position of that read guards the whole boundary all the same:
 * the state holds every event up to a safe number, all of them were visible before the tail was read, and none can
 * appear among them. A state that others have brought further than this read makes the append a conflict at worst, which
 * it would have been without them: the position does not cover what they saw.
 */
export function commandHandler<Command, Event, State, Reason extends string>(
  definition: CommandDefinition<Command, Event, State, Reason>,
  { store, phases = noPhases }: CommandDependencies,
): CommandHandler<Command, State, Reason> {
  async function handle(
    command: Command,
    options: HandleOptions<State> = {},
  ): Promise<CommandAnswer<Reason>> {
    const call = callOptions(options);
    const boundary = phases.phase('filter_build', () => definition.filter(command));
    const { resumeFrom } = options;
    const { state, position, ...read } = await (resumeFrom
      ? tail({ boundary, call }, resumeFrom)
      : whole({ boundary, call }));
    const decision = phases.phase('decide', () => definition.decide(state, command));
    if (decision.outcome === 'idempotent') return { outcome: 'idempotent', ...read };
    const events = marshal(decision, command);
    await phases.phase('append', () => store.append(boundary, position, events, call));
    return decision.outcome === 'accepted'
      ? { outcome: 'accepted', ...read }
      : { outcome: 'rejected', reason: decision.reason, ...read };
  }

  // Reads and appends are phases from the call on: the store's own begin a little later and end some promises earlier.
  async function whole({ boundary, call }: Reading): Promise<Decidable<State>> {
    const { events, position, maxSequenceNumber } = await phases.phase('sql_execute', () =>
      store.query(boundary, { ...call, consistency: 'strong' }),
    );
    const history = unmarshal(events);
    const state = phases.phase('project', () => definition.project(definition.initialState(), history));
    return { state, position, reached: maxSequenceNumber, eventsFolded: events.length };
  }

  async function tail(reading: Reading, resumption: Resumption<State>): Promise<Decidable<State>> {
    const { kept } = resumption;
    const held = kept.isEmpty ? 0 : 1;
    const read = await readTailAtOnce(
      { store, unmarshal, phases },
      { ...reading, consistency: 'strong' },
      resumption,
    );
    const state = phases.phase('project', () => kept.advance(read, definition.project));
    return {
      state,
      position: read.position,
      reached: kept.sequenceNumber,
      eventsFolded: read.stored.length - held,
    };
  }

  function unmarshal(stored: readonly StoredEvent[]): readonly Event[] {
    return phases.phase('unmarshal', () => stored.map(definition.unmarshal));
  }

  function marshal(
    { events }: Exclude<Decision<Event, Reason>, { outcome: 'idempotent' }>,
    command: Command,
  ) {
    return phases.phase('marshal', () => events.map((event) => definition.marshal(event, command)));
  }

  return { name: definition.name, kind: 'command', filter: definition.filter, handle };
}
