import type { EventStore } from '../eventstore/event-store.ts';
import type { StorableEvent } from '../eventstore/storable-event.ts';
import type { Decision } from './decision.ts';
import type { Folded, Handled, HandleOptions, Handler } from './handler.ts';
import { noPhases, type PhaseMarker } from './operation-recorder.ts';
import type { Projection } from './projection.ts';
import { callOptions, startOf, unreadPart } from './resume.ts';

/** What came of a command. A rejection is an outcome, not a fault; its failure event is stored like any other. */
export type CommandAnswer<State, Reason extends string = string> = Handled<State> &
  (
    | { readonly outcome: 'accepted' | 'idempotent' }
    | { readonly outcome: 'rejected'; readonly reason: Reason }
  );

export type CommandHandler<Command, State, Reason extends string = string> = Handler<
  Command,
  CommandAnswer<State, Reason>,
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

/**
 * A command handler: filter → read, strongly consistent → unmarshal → project → decide → marshal → append.
 * The filter that was read is the boundary that guards the append.
 */
export function commandHandler<Command, Event, State, Reason extends string>(
  definition: CommandDefinition<Command, Event, State, Reason>,
  { store, phases = noPhases }: CommandDependencies,
): CommandHandler<Command, State, Reason> {
  async function handle(
    command: Command,
    options: HandleOptions<State> = {},
  ): Promise<CommandAnswer<State, Reason>> {
    const start = startOf(definition, options);
    const call = callOptions(options);
    const { boundary, unread } = phases.phase('filter_build', () => filters(command, start));
    const read = await store.query(unread, { ...call, consistency: 'strong' });
    const history = phases.phase('unmarshal', () => read.events.map(definition.unmarshal));
    const state = phases.phase('project', () => definition.project(start.state, history));
    const reached = {
      state,
      sequenceNumber: history.length > 0 ? read.maxSequenceNumber : start.sequenceNumber,
    };
    const decision = phases.phase('decide', () => definition.decide(state, command));
    if (decision.outcome === 'idempotent') return { outcome: 'idempotent', reached };
    const events = phases.phase('marshal', () =>
      decision.events.map((event) => definition.marshal(event, command)),
    );
    await store.append(boundary, read.position, events, call);
    return decision.outcome === 'accepted'
      ? { outcome: 'accepted', reached }
      : { outcome: 'rejected', reason: decision.reason, reached };
  }

  function filters(command: Command, start: Folded<State>) {
    const boundary = definition.filter(command);
    return { boundary, unread: unreadPart(boundary, start) };
  }

  return { name: definition.name, kind: 'command', filter: definition.filter, handle };
}
