import type { ViewState } from '../flame/view-state.ts';

const keyOf = (run: string) => `picture of ${run}`;

/** What the user has set in the picture of a run, kept as long as the tab. */
export function savePicture(run: string, state: ViewState): void {
  sessionStorage.setItem(keyOf(run), JSON.stringify(state));
}

/** Null where nothing was saved, or nothing that is JSON. */
export function savedPicture(run: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(run)) ?? 'null');
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
