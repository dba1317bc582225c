import type { Profile } from '../../server/protocol/profile/profile.ts';
import { element } from '../element.ts';
import { formatCount, formatMillis } from '../format.ts';
import { printable } from './display-name.ts';
import type { RunFacts } from './run-facts.ts';

/** The head line: which handler, how often, and what one operation costs. */
export class Summary {
  readonly root = element('header', { class: 'flame-summary' });

  show(profile: Profile, facts: RunFacts): void {
    const { operations, samples } = profile;
    const micros = operations.duration.reduce((sum, duration) => sum + duration, 0);
    const figures: [string, string][] = [];
    if (operations.length > 0) {
      figures.push([formatCount(operations.length), operations.length === 1 ? 'operation' : 'operations']);
      figures.push([formatMillis(micros / operations.length), 'per operation']);
    } else {
      figures.push([formatMillis(profile.durationMicros), 'recorded']);
    }
    if (facts.eventsReadPerOperation !== undefined) {
      figures.push([formatCount(Math.round(facts.eventsReadPerOperation * 10) / 10), 'events per operation']);
    }
    figures.push([formatCount(samples.length), samples.length === 1 ? 'sample' : 'samples']);
    this.root.replaceChildren(
      element('h2', { text: titleOf(profile) }),
      ...figures.map(([value, label]) =>
        element(
          'span',
          { class: 'flame-figure' },
          element('b', { text: value }),
          document.createTextNode(` ${label}`),
        ),
      ),
    );
  }
}

/** The handler where there is one, else the title of the recording. */
function titleOf({ operations, strings, title }: Profile): string {
  const handlers = new Set(operations.handler);
  const [only] = handlers;
  const name = handlers.size === 1 && only !== undefined ? strings[only] : title;
  return printable(name ?? title);
}
