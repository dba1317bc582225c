/** What a function of somebody else's seems to do, and what tells so. */
export interface GuessedKind {
  readonly kind: 'query' | 'command';
  /** For a comment beside it. */
  readonly reason: string;
}

export interface FunctionName {
  /** That of the function, or of its file for a default export. */
  readonly name: string;
  /** Where it lies: `./src/queries/orders.ts`. */
  readonly module: string;
}

const WORDS_THAT_ASK =
  'all calculate check compute count describe exists export fetch filter find get has is list load lookup query read report retrieve search select show summarize view';
const WORDS_THAT_CHANGE =
  'accept activate add append apply approve archive assign book borrow cancel change clear close complete confirm create deactivate delete deposit destroy disable drop enable enqueue enroll execute extend handle import insert issue lend mark merge migrate move open pay place post process publish purge put record refund register reject release remove rename renew replace reserve reset restore return save seed send set ship start stop store submit sync transfer truncate unregister update upload upsert withdraw write';
const ASKS: ReadonlySet<string> = new Set(WORDS_THAT_ASK.split(' '));
const CHANGES: ReadonlySet<string> = new Set(WORDS_THAT_CHANGE.split(' '));
// `ordersOfCustomer`, `salesReport`
const QUESTION = /(?:Of|By|For|In|With|From|Query|View|Report|History|List|Summary|Details?)(?![a-z])/;
// `src/queries/orders.ts`, `OrderCommands.ts`, but not `jquery.ts`
const PLACE = /(?:(?<![a-zA-Z])q|Q)uer(?:y|ies)|(?:(?<![a-zA-Z])c|C)ommands?(?![a-z])/;

/**
 * A guess: nothing is executed, and no name has to mean what it says. Where none tells it is a command, which the lists
 * say may change the data; a query is executed more often than asked for, to be timed without tools.
 */
export function guessedKind({ name, module }: FunctionName): GuessedKind {
  const [first = ''] = name.split(/(?=[A-Z])|[^\p{L}]+/u);
  const word = first.toLowerCase();
  if (ASKS.has(word)) return { kind: 'query', reason: `guessed by '${word}'` };
  if (CHANGES.has(word)) return { kind: 'command', reason: `guessed by '${word}'` };
  const [place] = PLACE.exec(module) ?? [];
  if (place !== undefined)
    return { kind: /^q/i.test(place) ? 'query' : 'command', reason: `guessed by '${place}' in its path` };
  const [ending] = QUESTION.exec(name.slice(1)) ?? [];
  if (ending !== undefined) return { kind: 'query', reason: `guessed by '${ending}'` };
  return { kind: 'command', reason: `not known: 'query' if it changes nothing` };
}
