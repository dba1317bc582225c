import assert from 'node:assert/strict';
import type { CommandDefinition } from '../../../server/handling/command-handler.ts';
import type { QueryDefinition } from '../../../server/handling/query-handler.ts';

/** `given(events).when(command).then(events)` for the rules of one command, without any store. */
export function commandSpecification<Command, Event, State, Reason extends string>(
  definition: CommandDefinition<Command, Event, State, Reason>,
) {
  const given = (history: readonly Event[]) => ({
    when(command: Command) {
      const state = definition.project(definition.initialState(), history);
      const decision = definition.decide(state, command);
      return {
        // biome-ignore lint/suspicious/noThenProperty: the words of a specification; nobody awaits them
        then: (events: readonly Event[]) => assert.deepEqual(decision, { outcome: 'accepted', events }),
        thenNothing: () => assert.deepEqual(decision, { outcome: 'idempotent' }),
        thenRefused: (reason: Reason, events: readonly Event[]) =>
          assert.deepEqual(decision, { outcome: 'rejected', reason, events }),
      };
    },
  });
  return { given };
}

/** `given(events).then(answer)` for one query, without any store. */
export function querySpecification<Query, Event, State, Result>(
  definition: QueryDefinition<Query, Event, State, Result>,
  query: Query,
) {
  const given = (history: readonly Event[]) => {
    const state = definition.project(definition.initialState(), history);
    // biome-ignore lint/suspicious/noThenProperty: the words of a specification; nobody awaits them
    return { then: (result: Result) => assert.deepEqual(definition.answer(state, query), result) };
  };
  return { given };
}
