import { InvalidFilterError } from '../errors.ts';
import type { EventFilter } from '../event-filter.ts';
import type { ParameterValue } from './exchange.ts';
import { type ItemCondition, itemConditions } from './filter-conditions.ts';
import { anyOfPath } from './json-path.ts';
import { PreparedNames } from './prepared-names.ts';
import { snapshotColumn } from './read-snapshot.ts';
import { eventColumns } from './row-decoding.ts';
import type { TableNames } from './table-names.ts';
import { type StatementCacheFigures, TemplateCache } from './template-cache.ts';

/** SQL text for all filters of one shape; only the values differ. */
export interface SelectTemplate {
  /** Events in order, in the columns of an `EventRow`. */
  readonly events: string;
  /** The same after one row with the snapshot that they were read under (`snapshotColumn`). */
  readonly eventsWithSnapshot: string;
  /** For a prepared statement; none for shapes that are not worth keeping on the server. */
  readonly name: string | undefined;
}

export interface SelectStatement {
  readonly template: SelectTemplate;
  readonly values: readonly ParameterValue[];
}

/**
 * Turns filters into statements; builds the text once for each filter shape. A shape is prepared from its second use
 * on: one that comes once is not worth keeping on the server.
 */
export class SelectStatements {
  readonly #templates: TemplateCache<Shape, SelectTemplate>;
  readonly #names: PreparedNames;
  readonly #tables: TableNames;
  readonly #snapshotColumn: typeof snapshotColumn;
  /** A program asks in one shape many times over. */
  #latest: { readonly shape: Shape; readonly template: SelectTemplate } | undefined;

  /** @throws InvalidOptionError for an impossible capacity */
  constructor(tables: TableNames, capacity: number, column = snapshotColumn) {
    this.#templates = new TemplateCache(capacity);
    this.#names = new PreparedNames(capacity);
    this.#tables = tables;
    this.#snapshotColumn = column;
  }

  /** @throws InvalidFilterError when it holds more than a statement can */
  statementFor(filter: EventFilter): SelectStatement {
    const items = itemConditions(filter);
    const values = validValues(valuesOf(filter, items));
    const shape = shapeOf(filter, items);
    if (this.#latest?.shape === shape) {
      this.#templates.countHit();
      return { template: this.#latest.template, values };
    }
    const template = this.#again(shape) ?? this.#anew(shape, filter, items);
    this.#latest = template.name === undefined ? undefined : { shape, template };
    return { template, values };
  }

  cacheFigures(): StatementCacheFigures {
    return this.#templates.figures();
  }

  #again(shape: Shape): SelectTemplate | undefined {
    const template = this.#templates.get(shape);
    if (template === undefined || template.name !== undefined) return template;
    const name = this.#names.give(shape, template.eventsWithSnapshot);
    return name === undefined ? template : this.#kept(shape, { ...template, name });
  }

  #anew(shape: Shape, filter: EventFilter, items: readonly ItemCondition[]): SelectTemplate {
    const template = {
      ...buildTexts(filter, items, { tables: this.#tables, column: this.#snapshotColumn }),
      name: this.#names.of(shape),
    };
    return isLikelyToComeAgain(shape) ? this.#kept(shape, template) : template;
  }

  #kept(shape: Shape, template: SelectTemplate): SelectTemplate {
    this.#templates.set(shape, template);
    return template;
  }
}

/**
 * What decides the SQL text: which bounds there are and, for each item, whether it names types and what contents. A number
 * for up to 15 items: making a text of it and looking that up took a third of the time of building a statement.
 */
type Shape = number | string;

const maxItemsInNumber = 15;

function shapeOf(filter: EventFilter, items: readonly ItemCondition[]): Shape {
  let shape = filter.occurredFrom ? 1 : 0;
  if (filter.occurredUntil) shape += 2;
  if (filter.sequenceNumberHigherThan > 0) shape += 4;
  if (items.length > maxItemsInNumber) return `${shape}/${items.map(itemShape).join('')}`;
  for (const item of items) shape = shape * 7 + itemShape(item);
  // Two lists of items, one longer than the other, cannot be the same number: no item counts 0.
  return shape * (maxItemsInNumber + 1) + items.length;
}

/** From 1 to 6. */
function itemShape({ types, contains }: ItemCondition): number {
  const content = contains ? (contains.length === 1 ? 1 : 2) : 0;
  return 1 + content + (types ? 3 : 0);
}

/** Not one of a generated filter with ever more items. */
function isLikelyToComeAgain(shape: Shape): boolean {
  return typeof shape === 'number' || shape.length <= 100;
}

/** In the order in which `buildTexts` numbers the parameters. */
function valuesOf(filter: EventFilter, items: readonly ItemCondition[]): readonly ParameterValue[] {
  const values: ParameterValue[] = [];
  for (const { types, contains } of items) {
    if (types) values.push(types);
    const [first, second] = contains ?? [];
    if (contains && first) values.push(second ? anyOfPath(contains) : first.json);
  }
  if (filter.occurredFrom) values.push(filter.occurredFrom.getTime());
  if (filter.occurredUntil) values.push(filter.occurredUntil.getTime());
  if (filter.sequenceNumberHigherThan > 0) values.push(filter.sequenceNumberHigherThan);
  return values;
}

// The protocol counts parameters in 16 bits: https://www.postgresql.org/docs/current/protocol-message-formats.html
const maxValues = 65_535;

function validValues(values: readonly ParameterValue[]): readonly ParameterValue[] {
  if (values.length <= maxValues) return values;
  throw new InvalidFilterError(
    `The filter has ${values.length} conditions, and one read takes ${maxValues}.`,
    {
      advice: 'Put predicates and types that are alternatives into one item, or read in several steps.',
    },
  );
}

function buildTexts(
  filter: EventFilter,
  items: readonly ItemCondition[],
  { tables, column }: { readonly tables: TableNames; readonly column: typeof snapshotColumn },
): Omit<SelectTemplate, 'name'> {
  let parameters = 0;
  const next = () => `$${++parameters}`;
  const conditions = [
    ...(items.length > 0
      ? [`(${items.map((item) => itemSql(item, next, items.length === 1)).join(' OR ')})`]
      : []),
    ...(filter.occurredFrom ? [`occurred_at >= to_timestamp(${next()}::float8 / 1000)`] : []),
    ...(filter.occurredUntil ? [`occurred_at <= to_timestamp(${next()}::float8 / 1000)`] : []),
    ...(filter.sequenceNumberHigherThan > 0 ? [`sequence_number > ${next()}::bigint`] : []),
  ];
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  const events = `SELECT ${eventColumns} FROM "${tables.events}"${where} ORDER BY sequence_number`;
  const eventsWithSnapshot = `${selectSnapshot(column(tables))} UNION ALL (${events})`;
  return { events, eventsWithSnapshot };
}

/** One row of the form of an event, before them. */
const selectSnapshot = (column: string) => `SELECT ${column}, NULL::json, NULL::json`;

/**
 * @param isOnly of an item with content: the sub-select hides the types from the planner, so that PostgreSQL keeps one plan
 * for all; with them it may take planning anew for cheaper each time, which doubles the time of a read.
 */
function itemSql(item: ItemCondition, next: () => string, isOnly: boolean): string {
  const types = () =>
    isOnly && item.contains ? `((SELECT ${next()}::text[])::text[])` : `(${next()}::text[])`;
  const ofTypes = item.types && `event_type = ANY ${types()}`;
  // Of several objects by a path, so that 10,000 values are one parameter and one index scan.
  const contains = item.contains && `payload::jsonb ${item.contains.length === 1 ? '@>' : '@@'} ${next()}`;
  return `(${[ofTypes, contains].filter(Boolean).join(' AND ')})`;
}
