import path from 'node:path';
import { EXAMPLE_HANDLERS } from '../../workload/example-handler-list.ts';
import type { Candidate } from './find-candidates.ts';

export interface TemplateOptions {
  readonly candidates: readonly Candidate[];
  /** Whether `eventstore-profiler` can be imported in the workspace, for its types. */
  readonly isInstalled: boolean;
}

export interface Template {
  readonly text: string;
  /** Handlers that can be run as they stand. */
  readonly active: readonly string[];
  /** Handlers as comments: what their input is, or what executing them changes, is for a person to say. */
  readonly commented: readonly string[];
}

// Beyond, a file is longer than anybody reads.
const MOST_HANDLERS = 30;

/** The text of a first config file. */
export function configTemplate({ candidates, isInstalled }: TemplateOptions): Template {
  const handlers = named(candidates.slice(0, MOST_HANDLERS));
  const active = handlers.filter((handler) => canRun(handler));
  const commented = handlers.filter((handler) => !canRun(handler));
  const left = candidates.length - handlers.length;
  const lines = [
    ...(isInstalled ? ["import { defineConfig } from 'eventstore-profiler';", ''] : []),
    isInstalled ? 'export default defineConfig({' : 'export default {',
    '  // A PostgreSQL of your own; nothing is created in it unasked. Left out, the profiler runs one itself.',
    '  // database: { url: process.env.DATABASE_URL },',
    '  handlers: [',
    ...(handlers.length === 0 ? asComment(sample) : []),
    ...active.flatMap((handler) => entry(handler)),
    ...commented.flatMap((handler) => [`    // ${signature(handler)}`, ...asComment(entry(handler))]),
    ...(left > 0 ? [`    // ${left.toLocaleString('en-US')} more exported async functions were found.`] : []),
    '  ],',
    '  // Whether the example handlers of the profiler are listed below your own.',
    '  examples: true,',
    isInstalled ? '});' : '};',
  ];
  return {
    text: `${lines.join('\n')}\n`,
    active: active.map(({ name }) => name),
    commented: commented.map(({ name }) => name),
  };
}

interface NamedCandidate extends Candidate {
  readonly name: string;
}

/** Without parameters and with the name of a question: executing it again and again does no harm. */
function canRun(candidate: NamedCandidate): boolean {
  return candidate.parameters.length === 0 && isQuery(candidate);
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
  const { name, module, export: exported, parameters } = candidate;
  const kind = isQuery(candidate) ? 'query' : 'command';
  return [
    '    {',
    `      name: ${quoted(name)},`,
    `      kind: '${kind}',`,
    `      module: ${quoted(module)},`,
    ...(exported === 'default' ? [] : [`      export: ${quoted(exported)},`]),
    ...inputLines(parameters),
    '    },',
  ];
}

function inputLines([first]: readonly string[]): readonly string[] {
  if (first === undefined) return [];
  const fields = /^\{ (.*) \}\??$/.exec(first)?.[1]?.split(', ') ?? [];
  const values = fields.filter((field) => field !== '…').map((field) => `${field}: random.int(1, 100)`);
  return [`      input: ({ random }) => (${values.length > 0 ? `{ ${values.join(', ')} }` : '{}'}),`];
}

function signature({ module, export: exported, parameters }: NamedCandidate): string {
  return `${exported}(${parameters.join(', ')}) of ${module}: say what its input is, then take the comment marks away.`;
}

function asComment(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replace(/^ {4}/, '    // '));
}

const QUESTION =
  /^(?:all|count|describe|fetch|find|get|has|is|list|load|look|query|read|search|select|show|view)(?![a-z])|[a-z](?:Of|By|For|In|With|From|Query|View|Report|History|List|Summary|Details?)(?![a-z])/;

/** By the name of the function, or of the place where it lies. */
function isQuery({ export: exported, module }: Candidate): boolean {
  return QUESTION.test(exported === 'default' ? stemOf(module) : exported) || /quer(?:y|ies)/i.test(module);
}

/** Names as lists show them: `OrdersOfCustomer` of `ordersOfCustomer`; none twice, and none of an example. */
function named(candidates: readonly Candidate[]): readonly NamedCandidate[] {
  const taken = new Set(EXAMPLE_HANDLERS.map(({ name }) => name.toLowerCase()));
  return candidates.map((candidate) => {
    const wish = pascalCase(candidate.export === 'default' ? stemOf(candidate.module) : candidate.export);
    let name = wish;
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${wish}${number}`;
    taken.add(name.toLowerCase());
    return { ...candidate, name };
  });
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

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
