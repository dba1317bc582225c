import { NO_PHASE } from '../../server/protocol/phase.ts';
import { VIEWS, type View } from '../../server/protocol/profile/call-tree.ts';

/** What a user has set in the picture, so that it comes back after a reload. */
export interface ViewState {
  readonly view: View;
  /** Microseconds on the view's axis. */
  readonly start: number;
  readonly span: number;
  /** CSS pixels. */
  readonly scrollTop: number;
  readonly search: string;
  /** Phases switched off in the legend. */
  readonly hidden: readonly number[];
}

/** Saved state comes from outside the program: null unless every part is lawful. */
export function readViewState(saved: unknown): ViewState | null {
  if (typeof saved !== 'object' || saved === null) return null;
  const { view, start, span, scrollTop, search, hidden } = saved as Partial<Record<keyof ViewState, unknown>>;
  const knownView = VIEWS.find((name) => name === view);
  if (knownView === undefined || typeof search !== 'string' || !isListOfPhases(hidden)) return null;
  if (!isAmount(start) || !isAmount(span) || !isAmount(scrollTop)) return null;
  return { view: knownView, start, span, scrollTop, search, hidden };
}

const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

function isListOfPhases(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((phase) => isAmount(phase) && phase <= NO_PHASE);
}
