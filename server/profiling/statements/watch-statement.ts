import { READ_FOR, type Submitted, WATCHED } from './pg-shapes.ts';
import type { SentStatement } from './sent-statement.ts';
import { StatementWatch, type WatchOptions } from './statement-watch.ts';
import type { ToldMethods, ToldPrototypes } from './told-prototypes.ts';

const ANSWERED: ToldMethods = {
  mark: WATCHED,
  methods: {
    submit: (watch) => watch.begin(),
    handleCommandComplete: (watch, message) => watch.completed(message),
    handleReadyForQuery: (watch) => watch.end(false),
    handleError: (watch) => watch.end(true),
  },
};

/** Only a portal's rows must be counted one by one: of all others the tag tells. */
const READ_IN_PARTS: ToldMethods = {
  mark: WATCHED,
  methods: {
    handleDataRow: (watch, message) => watch.row(message),
    handlePortalSuspended: (watch) => watch.suspended(),
  },
};

const DESCRIBED: ToldMethods = {
  mark: WATCHED,
  methods: { handleRowDescription: (watch) => watch.described() },
};

const READ: ToldMethods = { mark: READ_FOR, methods: { _getRows: (watch) => watch.read() } };

/** `statement` must not be watched yet. */
export function watchStatement(
  statement: Submitted,
  prototypes: ToldPrototypes,
  options: WatchOptions,
): void {
  const watch = new StatementWatch(options);
  statement[WATCHED] = watch;
  prototypes.tell(statement, ANSWERED);
  if (isPlain(statement)) return;
  if ('handlePortalSuspended' in statement) prototypes.tell(statement, READ_IN_PARTS);
  const reader = statement.cursor ?? statement;
  if (reader !== statement || !('requiresPreparation' in statement)) prototypes.tell(statement, DESCRIBED);
  reader[READ_FOR] = watch;
  prototypes.tell(reader, READ);
}

/** pg's own statement, read in one go. */
function isPlain(statement: Submitted): boolean {
  return 'requiresPreparation' in statement && !statement.rows;
}

/** What was sent; a submittable that tells nothing is called by the name of its class. */
export function statementsOf(submitted: Submitted): readonly SentStatement[] {
  if (Array.isArray(submitted.statements) && submitted.statements.length > 0) {
    return submitted.statements.map(sentStatement);
  }
  const source = typeof submitted.text === 'string' || !submitted.cursor ? submitted : submitted.cursor;
  return [sentStatement(source)];
}

function sentStatement(source: Submitted): SentStatement {
  const { text, values, name } = source;
  const ownName = typeof name === 'string' && name !== '' ? name : undefined;
  return {
    text: typeof text === 'string' ? text : `(${ownName ?? source.constructor.name})`,
    values: Array.isArray(values) ? values : [],
    name: ownName,
  };
}
