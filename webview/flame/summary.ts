import { COST_NOTE } from '../../server/protocol/cost-note.ts';
import { percentRange } from '../../server/protocol/figures.ts';
import { operationTimes } from '../../server/protocol/operation-times.ts';
import type { Profile, ProfileUnit } from '../../server/protocol/profile/profile.ts';
import type { OperationTimes } from '../../server/protocol/run.ts';
import { element } from '../element.ts';
import { counted, formatAmount, formatCount, formatShare, formatSpread } from '../format.ts';
import { printable } from './display-name.ts';
import { gcFigure } from './gc-figure.ts';
import { remarkOn } from './operation-remark.ts';
import type { RunFacts } from './run-facts.ts';

/** A number that stands out, between words that do not; what is to be known of it is told where it is pointed at. */
type Figure = readonly [before: string, value: string, after: string, note?: string];

/** The head line: which handler, how often, and what one operation costs. */
export class Summary {
  readonly root = element('header', { class: 'flame-summary' });

  show(profile: Profile, facts: RunFacts, extra?: HTMLElement): void {
    const { length: count, duration } = profile.operations;
    const times = operationTimes(duration);
    const figures = [
      ...(times === undefined ? [recorded(profile)] : operationFigures(count, times, profile.unit)),
      eventFigure(facts),
      sampleFigure(profile, facts),
      costFigure(facts, count === 0 ? 'time' : 'operations'),
      gcFigure(facts),
    ];
    const remark = times === undefined || profile.unit !== 'microseconds' ? null : remarkOn(count, times);
    this.root.replaceChildren(
      element('h2', { text: titleOf(profile) }),
      ...figures.filter((figure) => figure !== null).map(figureElement),
      ...(extra === undefined ? [] : [extra]),
      ...(facts.outsideHeap ?? []).map((text) =>
        element('p', { class: 'flame-remark', text: sentence(text) }),
      ),
      ...(facts.costUnknown === undefined ? [] : [costRemark(facts.costUnknown)]),
      ...(remark === null ? [] : [element('p', { class: 'flame-remark', text: remark })]),
    );
  }
}

/** In a terminal it is a line of a list. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function costRemark(reason: string): HTMLElement {
  return element('p', { class: 'flame-remark', text: `Cost of measuring: ${reason}` });
}

function recorded({ durationMicros, unit }: Profile): Figure {
  return ['', formatAmount(durationMicros, unit), unit === 'bytes' ? 'sampled' : 'recorded'];
}

function operationFigures(
  count: number,
  { medianMicros: middle, minMicros: least, maxMicros: most }: OperationTimes,
  unit: ProfileUnit,
): Figure[] {
  const each = unit === 'bytes' ? 'allocated per operation' : 'per operation';
  const operations: Figure = ['', formatCount(count), count === 1 ? 'operation' : 'operations'];
  if (count === 1) return [operations, ['', formatAmount(middle, unit), each]];
  return [operations, ['median', formatSpread({ middle, least, most }, unit), each]];
}

function eventFigure({ eventsReadPerOperation: read, eventsAppendedPerOperation: appended }: RunFacts) {
  if (read === undefined) return null;
  const events = rounded(read);
  const noun = events === '1' ? 'event' : 'events';
  if (appended === undefined) return ['', events, `${noun} read per operation`] as const;
  return ['', events, `${noun} read, ${rounded(appended)} appended per operation`] as const;
}

function sampleFigure({ samples, sampleDistanceMicros, unit }: Profile, facts: RunFacts): Figure {
  const count = facts.samples ?? samples.captured.reduce((sum, captured) => sum + captured, 0);
  const [value = '', noun = ''] = counted(count, 'sample', 'samples').split(' ');
  return [
    '',
    value,
    sampleDistanceMicros > 0 && count > 1
      ? `${noun}, every ${formatAmount(sampleDistanceMicros, unit)}`
      : noun,
  ];
}

function shareFigure(what: string, share: number | undefined, whole: string): Figure | null {
  return share === undefined ? null : [what, formatShare(share), `of the ${whole}`];
}

function costFigure(facts: RunFacts, whole: string): Figure | null {
  const { measuringShare, samplingShare, phasesShare, costRanges } = facts;
  const cost = shareFigure('cost of measuring about', measuringShare, whole);
  if (cost === null || samplingShare === undefined || phasesShare === undefined) return cost;
  const [before, value, after] = cost;
  if (costRanges === undefined) {
    return [
      before,
      value,
      `${after} (sampling ${formatShare(samplingShare)}, phases ${formatShare(phasesShare)})`,
    ];
  }
  const { whole: all, sampling, phases } = costRanges;
  const parts = `sampling ${percentRange(sampling)}, phases ${percentRange(phases)}`;
  return [before, percentRange(all), `${after} (${parts}; estimated)`, sentence(COST_NOTE)];
}

const rounded = (events: number) => formatCount(Math.round(events * 10) / 10);

function figureElement([before, value, after, note]: Figure): HTMLElement {
  return element(
    'span',
    { class: 'flame-figure', ...(note !== undefined && { title: note }) },
    document.createTextNode(before === '' ? '' : `${before} `),
    element('b', { text: value }),
    document.createTextNode(` ${after}`),
  );
}

/** The handler where there is one, else the title of the recording. */
function titleOf({ operations, strings, title }: Profile): string {
  const handlers = new Set(operations.handler);
  const [only] = handlers;
  const name = handlers.size === 1 && only !== undefined ? strings[only] : title;
  return printable(name ?? title);
}
