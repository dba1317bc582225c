import type { GcKind, PlacedPause } from '../../server/protocol/gc-pause.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { counted, formatCount, formatMillis } from '../format.ts';
import { printable } from './display-name.ts';
import type { GcPauses } from './gc-pauses.ts';
import type { PauseMark } from './pause-marks.ts';

/** What is told of a mark: a title, a remark where there is one, and terms with their values. */
export interface PauseWords {
  readonly title: string;
  readonly note: string | null;
  readonly rows: readonly (readonly [term: string, value: string])[];
}

const KINDS: Readonly<Record<GcKind, readonly [name: string, meaning: string]>> = {
  minor: ['Minor garbage collection', 'of young objects'],
  major: ['Major garbage collection', 'of all objects'],
  incremental: ['Incremental garbage collection', 'a step of a major one'],
  'weak-callbacks': ['Garbage collection, callbacks', 'telling who waits for objects to go'],
};

export function pauseWords({ list }: GcPauses, mark: PauseMark, profile: Profile): PauseWords {
  const some = list.slice(mark.first, mark.first + mark.count);
  const [only] = some;
  if (only !== undefined && some.length === 1) return wordsOfOne(only, profile);
  const sum = some.reduce((total, { durationMicros }) => total + durationMicros, 0);
  const longest = some.reduce((most, { durationMicros }) => Math.max(most, durationMicros), 0);
  const kinds = Map.groupBy(some, ({ kind }) => kind);
  return {
    title: `${formatCount(some.length)} garbage collections`,
    note: 'too close to draw apart: zoom in to see them',
    rows: [
      ['together', formatMillis(sum)],
      ['longest', formatMillis(longest)],
      ['kinds', [...kinds].map(([kind, of]) => `${formatCount(of.length)} ${kind}`).join(', ')],
      ['phases', [...new Set(some.map(({ phase }) => phase ?? 'between operations'))].join(', ')],
    ],
  };
}

/** One pause in a sentence for those who step from one to the next. */
export function spokenPause({ list }: GcPauses, at: number, profile: Profile): string {
  const pause = list[at];
  if (pause === undefined) return '';
  const { title, rows } = wordsOfOne(pause, profile);
  const facts = rows.map(([term, value]) => (term === 'pause' ? value : `${term} ${value}`.trimStart()));
  return `Pause ${formatCount(at + 1)} of ${formatCount(list.length)}: ${[title, ...facts].join(', ')}`;
}

function wordsOfOne({ kind, durationMicros, operation, phase }: PlacedPause, profile: Profile): PauseWords {
  const [title, note] = KINDS[kind];
  const pause = ['pause', formatMillis(durationMicros)] as const;
  if (operation === undefined) return { title, note, rows: [pause, ['', 'between operations']] };
  const { length, handler } = profile.operations;
  const name = printable(profile.strings[handler[operation] ?? -1] ?? '');
  return {
    title,
    note,
    rows: [
      pause,
      ['phase', phase ?? ''],
      ['operation', `${formatCount(operation + 1)} of ${counted(length, name, name)}`.trimEnd()],
    ],
  };
}
