import path from 'node:path';
import { EXAMPLE_HANDLERS } from '../../workload/example-handler-list.ts';
import type { CandidateInput } from './candidate-input.ts';
import type { Candidate, ForeignMethods, Found } from './find-candidates.ts';
import { guessedKind } from './guessed-kind.ts';
import { onOneLine, textLiteral } from './text-literal.ts';

export interface TemplateOptions extends Found {
  /** Whether `eventstore-profiler` can be imported in the workspace, for its types. */
  readonly isInstalled: boolean;
}

export interface Template {
  readonly text: string;
  /** Handlers that can be run as they stand: they need no input, or one that fits the declared type. */
  readonly active: readonly string[];
  /** Handlers as comments: what their input is, is for a person to say. */
  readonly commented: readonly string[];
  /** A sentence for each class or object whose methods a function has to call. */
  readonly hints: readonly string[];
  /** How many exported asynchronous functions there are; the first of them have become handlers. */
  readonly found: number;
}

// Beyond, a file is longer than anybody reads.
const MOST_HANDLERS = 30;
const MOST_HINTS = 10;
const MOST_REASONS = 10;
const LONGEST_LINE = 100;

/** The text of a first config file. */
export function configTemplate({ candidates, owners, files, isInstalled }: TemplateOptions): Template {
  const handlers = named(candidates.slice(0, MOST_HANDLERS));
  const active = handlers.filter(canRun);
  const commented = handlers.filter((handler) => !canRun(handler));
  const hints = owners.slice(0, MOST_HINTS).map(hint).map(onOneLine);
  const left = candidates.length - handlers.length;
  const lines = [
    ...(isInstalled ? ["import { defineConfig } from 'eventstore-profiler';", ''] : []),
    isInstalled ? 'export default defineConfig({' : 'export default {',
    '  // A PostgreSQL of your own; nothing is created in it unasked. Left out, the profiler runs one itself.',
    '  // database: { url: process.env.DATABASE_URL },',
    ...(active.some(({ input }) => input.text !== undefined)
      ? ['  // Inputs fit the declared types; their values are made up. Put in such as your data has.']
      : []),
    ...(handlers.length > 0
      ? ["  // Nothing was executed, so each kind is a guess to be checked. A 'query' must change nothing."]
      : []),
    '  handlers: [',
    ...(handlers.length === 0 ? nothingFound(files) : []),
    ...active.flatMap((handler) => entry(handler)),
    ...commented.flatMap((handler) => [...reasons(handler), ...asComment(entry(handler))]),
    ...(left > 0
      ? [
          `    // ${count(candidates.length)} exported async functions were found; these are the first ${MOST_HANDLERS} of them.`,
        ]
      : []),
    ...hints.map((sentence) => `    // ${sentence}`),
    '  ],',
    '  // Whether the example handlers of the profiler are listed below your own.',
    '  examples: true,',
    isInstalled ? '});' : '};',
  ];
  return {
    // Names of the workspace stand in comments, and one with a line break in it would go on as code.
    text: `${lines.map(onOneLine).join('\n')}\n`,
    active: active.map(({ name }) => name),
    commented: commented.map(({ name }) => name),
    hints,
    found: candidates.length,
  };
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}

interface NamedCandidate extends Candidate {
  readonly name: string;
}

/** It needs no input, or all of its input's type is known. A list executes nothing. */
function canRun({ input }: NamedCandidate): boolean {
  return input.unknown.length === 0;
}

function nothingFound(files: number): readonly string[] {
  const count = files === 1 ? 'The 1 source file' : `The ${files.toLocaleString('en-US')} source files`;
  return [
    `    // ${count} of this folder export no async function. Export one, and name its module and itself:`,
    ...asComment(sample),
  ];
}

const sample: readonly string[] = [
  '    {',
  "      name: 'OrdersOfCustomer',",
  "      kind: 'query',",
  "      module: './src/orders.ts',",
  "      export: 'ordersOfCustomer',",
  '      input: ({ random }) => ({ customerId: random.int(1, 100) }),',
  '    },',
];

function entry(candidate: NamedCandidate): readonly string[] {
  const { name, module, export: exported, input } = candidate;
  const { kind, reason } = guessedKind({ name: ownName(candidate), module });
  return [
    '    {',
    `      name: ${textLiteral(name)},`,
    `      kind: '${kind}', // ${reason}`,
    `      module: ${textLiteral(module)},`,
    ...(exported === 'default' ? [] : [`      export: ${textLiteral(exported)},`]),
    ...inputLines(input),
    '    },',
  ];
}

function inputLines({ text, fields, unknown }: CandidateInput): readonly string[] {
  if (text === undefined) return [];
  const isChosen = text.includes('random.') || unknown.length > 0;
  const maker = `      input: ${isChosen ? '({ random })' : '()'} =>`;
  if (fields === undefined) return [`${maker} ${text},`];
  const line = `${maker} (${text}),`;
  if (line.length <= LONGEST_LINE || fields.length === 0) return [line];
  return [`${maker} ({`, ...fields.map((field) => `        ${field},`), '      }),'];
}

function reasons({ module, export: exported, parameters, input }: NamedCandidate): readonly string[] {
  const listed = [...new Set(input.unknown)];
  const left = listed.length - MOST_REASONS;
  return [
    `    // ${exported}(${parameters.join(', ')}) of ${module} cannot be run as it stands:`,
    ...listed.slice(0, MOST_REASONS).map((reason) => `    // - ${reason}`),
    ...(left > 0 ? [`    // - and ${count(left)} more`] : []),
  ];
}

function hint({ module, export: exported, isClass, methods }: ForeignMethods): string {
  const [first = ''] = methods;
  const what = exported === 'default' ? 'the default export' : exported;
  const owner = isClass
    ? `new ${exported === 'default' ? 'Service' : exported}(…)`
    : exported === 'default'
      ? 'service'
      : exported;
  return `${module}: ${what} has the async ${methods.length === 1 ? 'method' : 'methods'} ${methods.join(', ')}. A handler is a function; export one that calls it: export const ${first} = (input) => ${owner}.${first}(input);`;
}

function asComment(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replace(/^ {4}/, '    // '));
}

/** Names as lists show them: `OrdersOfCustomer` of `ordersOfCustomer`; none twice, and none of an example. */
function named(candidates: readonly Candidate[]): readonly NamedCandidate[] {
  const taken = new Set(EXAMPLE_HANDLERS.map(({ name }) => name.toLowerCase()));
  return candidates.map((candidate) => {
    // Nothing is left of a name such as `$`.
    const wish = pascalCase(ownName(candidate)) || 'Handler';
    let name = wish;
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${wish}${number}`;
    taken.add(name.toLowerCase());
    return { ...candidate, name };
  });
}

function ownName({ export: exported, module }: Pick<Candidate, 'export' | 'module'>): string {
  return exported === 'default' ? stemOf(module) : exported;
}

function pascalCase(name: string): string {
  return name
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** `orders` of `./src/orders.ts`, and of `./src/orders/index.ts`. */
function stemOf(module: string): string {
  const { name, dir } = path.posix.parse(module);
  return name === 'index' ? path.posix.basename(dir) : name;
}
