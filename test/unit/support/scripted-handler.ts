import { buildEventFilter } from '../../../server/eventstore/event-filter-builder.ts';
import { p } from '../../../server/eventstore/predicate.ts';
import type { SafeSequenceNumber } from '../../../server/eventstore/storable-event.ts';
import type { HandleOptions, Handler } from '../../../server/handling/handler.ts';
import type { QueryAnswer } from '../../../server/handling/query-handler.ts';
import type { HandlerKind } from '../../../server/handling/recording/operation-record.ts';

export interface ScriptedInput {
  readonly counter: string;
  readonly page?: number;
}

/** Does, each time it is executed, what the script says: answers with a text, or throws what is no text. */
export class ScriptedHandler implements Handler<ScriptedInput, QueryAnswer<string>, never> {
  readonly name = 'Scripted';
  readonly kind: HandlerKind;
  /** The options of every execution, in order. */
  readonly calls: HandleOptions<never>[] = [];
  readonly handle: (input: ScriptedInput, options?: HandleOptions<never>) => Promise<QueryAnswer<string>>;

  constructor(step: (call: number, options: HandleOptions<never>) => unknown, kind: HandlerKind = 'query') {
    this.kind = kind;
    // A property, as decorators copy a handler's own properties.
    this.handle = async (_input, options = {}) => {
      this.calls.push(options);
      const result = await step(this.calls.length, options);
      if (typeof result !== 'string') throw result;
      return { outcome: 'answered', result, reached: 0 as SafeSequenceNumber, eventsFolded: 0 };
    };
  }

  readonly filter = ({ counter }: ScriptedInput) =>
    buildEventFilter()
      .matching()
      .anyEventTypeOf('Counted')
      .andAnyPredicateOf(p('Counter', counter))
      .finalize();
}
