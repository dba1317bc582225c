import { counted, percent } from '../protocol/figures.ts';
import type { ComparedHandler, Metric, ProfileComparison } from '../protocol/profile/comparison.ts';
import { table } from '../protocol/table.ts';
import { inUnit, signedInUnit, UNIT_NAMES } from './amount-text.ts';
import { compareRemarks, isOneRunASide, oneRunWarnings } from './compare-remarks.ts';
import { type ComparedLine, comparedLines } from './compared-lines.ts';
import { foreignPlaceOf, onOneLine } from './foreign-text.ts';
import { type KeptCost, keptShare } from './kept-cost.ts';
import { hiddenLines, type ShownProfile } from './shown-profile.ts';

const MOST_ROWS = 15;

/** One of the recordings. */
export interface ComparedFile {
  /** As it was named. */
  readonly file: string;
  readonly shown: ShownProfile;
  readonly cost: KeptCost;
}

export interface CompareReportOptions {
  readonly sides: Readonly<Record<'before' | 'after', readonly ComparedFile[]>>;
  /** Every function that differs, not only those that differ most. */
  readonly all: boolean;
}

/** The differences as text for a terminal: for each handler the whole, its phases and its functions. */
export function compareReport(comparison: ProfileComparison, options: CompareReportOptions): string {
  const lines = comparedLines(comparison);
  const { before, after } = options.sides;
  const report = new HandlerReport(comparison, options.all);
  return [
    `before: ${before.map(({ file }) => file).join(', ')}`,
    `after:  ${after.map(({ file }) => file).join(', ')}`,
    ...oneRunWarnings(comparison),
    ...comparison.handlers.flatMap((handler) => [
      '',
      ...report.text(
        handler,
        lines.filter((line) => line.handler === handler.name),
      ),
    ]),
    '',
    ...compareRemarks(comparison, {
      before: before.map(({ shown }) => shown.profile),
      after: after.map(({ shown }) => shown.profile),
    }),
    ...hiddenLines(hiddenIn([...before, ...after]), comparison.unit),
    '',
    'cost of measuring:',
    ...before.map((file) => `  before ${onOneLine(file.file)}: ${keptShare(file.cost)}`),
    ...after.map((file) => `  after ${onOneLine(file.file)}: ${keptShare(file.cost)}`),
  ].join('\n');
}

/** On both sides together. */
function hiddenIn(files: readonly ComparedFile[]): number {
  return files.reduce((sum, { shown }) => sum + shown.hidden, 0);
}

class HandlerReport {
  readonly #comparison: ProfileComparison;
  readonly #mostRows: number;

  constructor(comparison: ProfileComparison, all: boolean) {
    this.#comparison = comparison;
    this.#mostRows = all ? Number.POSITIVE_INFINITY : MOST_ROWS;
  }

  text(handler: ComparedHandler, lines: readonly ComparedLine[]): string[] {
    const whole = lines.find((line) => line.function === null && line.phase === null);
    const phases = lines.filter((line) => line.function === null && line.phase !== null);
    return [
      ...(whole === undefined ? [] : [this.#headline(handler, whole)]),
      ...this.#table(
        'phase',
        phases.toSorted(byDifference).map((line) => this.#row(line.phase ?? '', line)),
      ),
      ...this.#functions('function itself', 'self', lines),
      ...this.#functions('function with what it calls', 'total', lines),
      '',
      this.#tally(lines),
    ];
  }

  get #unit(): string {
    return `${UNIT_NAMES[this.#comparison.unit]}/${this.#comparison.per}`;
  }

  #amount(value: number): string {
    return inUnit(value, this.#comparison.unit);
  }

  #signed(value: number): string {
    return signedInUnit(value, this.#comparison.unit);
  }

  #headline({ name, before, after }: ComparedHandler, whole: ComparedLine): string {
    const { per } = this.#comparison;
    const subject = name === '' ? 'Whole recording' : onOneLine(name);
    const counts =
      per === 'operation'
        ? ` (${counted(before, 'operation')} before, ${counted(after, 'operation')} after)`
        : '';
    const amounts = `${this.#amount(whole.before)} → ${this.#amount(whole.after)} ${this.#unit}`;
    return `${subject}: ${amounts}, ${this.#verdict(whole)}${counts}`;
  }

  #verdict(line: ComparedLine): string {
    if (line.low === null || line.high === null) return 'nothing was repeated, so noise cannot be told';
    const difference = `${this.#signed(line.after - line.before)} (${this.#interval(line)})`;
    if (line.verdict === 'noise') return `${difference}, no difference that can be told from noise`;
    if (line.verdict === 'few') return `${difference}, too few ${this.#repeated} to tell it from noise`;
    const within = isOneRunASide(this.#comparison) ? ' between these two recordings' : '';
    return change(line) === '' ? difference : `${difference}, ${change(line)}${within}`;
  }

  #interval({ low, high }: ComparedLine): string {
    return low === null || high === null ? '' : `${this.#signed(low)} to ${this.#signed(high)}`;
  }

  /** What there would have to be more of. */
  get #repeated(): string {
    return this.#comparison.spreadOver === 'runs' ? 'files' : 'operations';
  }

  /** Functions of which a line is more than noise, or seems to be, each with the phases in which it is. */
  #functions(title: string, metric: Metric, lines: readonly ComparedLine[]): string[] {
    const real = lines.filter((line) => line.function !== null && line.metric === metric && isShown(line));
    const said = metric === 'total' ? new Set(lines.filter(isSelf).map(keyOf)) : new Set<string>();
    const groups = Map.groupBy(
      real.filter((line) => !said.has(keyOf(line))),
      (line) => line.function,
    );
    const blocks = [...groups.values()]
      .map((group) => this.#block(group))
      .toSorted((a, b) => b.largest - a.largest);
    const shown = blocks.slice(0, this.#mostRows);
    const rest = blocks.length - shown.length;
    const more = rest > 0 ? [`… and ${counted(rest, 'function')} more with smaller differences: --all`] : [];
    return [
      ...this.#table(
        title,
        shown.flatMap(({ rows }) => rows),
      ),
      ...more,
    ];
  }

  /** One row where the function differs in one phase or only as a whole, else one for each phase below that of the whole. */
  #block(group: readonly ComparedLine[]): { readonly largest: number; readonly rows: string[][] } {
    const whole = group.find(({ phase }) => phase === null);
    const parts = group.filter(({ phase }) => phase !== null).toSorted(byDifference);
    const name = onOneLine(group[0]?.function?.name ?? '');
    const largest = Math.max(...group.map(sizeOf));
    const [only] = parts;
    if (parts.length === 1 && only) {
      const where = only.phase === null ? name : `${name} in ${only.phase}`;
      const line = whole !== undefined && sizeOf(whole) > sizeOf(only) * 1.01 ? whole : only;
      return { largest, rows: [this.#row(line === only ? where : name, line)] };
    }
    const head = whole === undefined ? [] : [this.#row(name, whole)];
    const names = parts.map((line) =>
      this.#row(`${whole === undefined ? name : ' '} in ${line.phase}`, line),
    );
    return { largest, rows: [...head, ...names] };
  }

  #row(name: string, line: ComparedLine): string[] {
    return [
      name,
      this.#amount(line.before),
      this.#amount(line.after),
      line.low === null ? '' : this.#signed(line.after - line.before),
      this.#interval(line),
      this.#change(line),
      line.function === null ? '' : foreignPlaceOf(line.function),
    ];
  }

  #change(line: ComparedLine): string {
    if (line.verdict === 'noise') return 'noise';
    if (line.verdict === 'few') return `too few ${this.#repeated}`;
    return line.low === null ? '' : change(line);
  }

  #table(title: string, rows: readonly (readonly string[])[]): string[] {
    if (rows.length === 0) return [];
    const head = [title, 'before', 'after', 'difference', `interval (${this.#unit})`, 'change', 'source'];
    return ['', table(head, rows, [0, 6])];
  }

  /** What is not in the tables. */
  #tally(lines: readonly ComparedLine[]): string {
    const own = lines.filter(
      (line) => line.function !== null && line.phase === null && line.metric === 'self',
    );
    const count = (verdict: ComparedLine['verdict']) => own.filter((line) => line.verdict === verdict).length;
    const real = own.filter(isReal).length;
    const few = count('few');
    const facts = [
      `${counted(real, 'function')} ${real === 1 ? 'differs' : 'differ'}${isOneRunASide(this.#comparison) ? ' between these two recordings' : ''}`,
      ...(few > 0 ? [`${few} may differ, with too few ${this.#repeated} to tell`] : []),
      `${count('noise')} have no difference that can be told from noise`,
      `${count('rare')} were seen too rarely to tell`,
    ];
    return `By their own time ${facts.join(', ')}.`;
  }
}

function isReal({ verdict }: ComparedLine): boolean {
  return verdict === 'more' || verdict === 'less';
}

function isShown(line: ComparedLine): boolean {
  return isReal(line) || line.verdict === 'few';
}

function isSelf(line: ComparedLine): boolean {
  return line.metric === 'self' && line.function !== null && isShown(line);
}

/** The same for self and total of a function that calls nothing. */
function keyOf({ function: own, phase, before, after }: ComparedLine): string {
  return `${own?.name} ${own?.file} ${own?.line} ${phase} ${before.toFixed(3)} ${after.toFixed(3)}`;
}

function sizeOf({ before, after }: ComparedLine): number {
  return Math.abs(after - before);
}

function byDifference(one: ComparedLine, other: ComparedLine): number {
  return sizeOf(other) - sizeOf(one);
}

function change({ before, after }: ComparedLine): string {
  if (before === 0) return after === 0 ? '' : 'new';
  if (after === 0) return 'gone';
  const share = after / before - 1;
  return `${share < 0 ? '−' : '+'}${percent(Math.abs(share))}`;
}
