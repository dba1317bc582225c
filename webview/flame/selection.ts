import type { ProfileUnit } from '../../server/protocol/profile/profile.ts';
import { spokenFacts, stackText } from './box-facts.ts';
import { Details } from './details.ts';
import { frameOf, type Model } from './model.ts';
import { type Direction, neighbour } from './navigate.ts';
import { pathToCopy, type SourcePlace, sourcePlace } from './source-place.ts';
import type { Stage } from './stage.ts';

interface SelectionActions {
  changed(): void;
  openSource(frame: number, place: SourcePlace): void;
  copy(text: string): void;
  tell(text: string): void;
}

const HINT =
  'Click a box for its numbers, double click to zoom to it; the wheel zooms, dragging pans, ? lists all keys.';

const MEANINGS: Readonly<Record<ProfileUnit, string>> = {
  microseconds: 'The wider a box, the more time; what it calls hangs below it.',
  bytes: 'The wider a box, the more was allocated; what it calls hangs below it.',
  samples: 'The wider a box, the more samples; what it calls hangs below it.',
};

/** Of profiles with operations: others have no phases, and nothing is known of their waiting. */
const COLOURS: Readonly<Record<ProfileUnit, string>> = {
  microseconds: 'Colours are phases, hatched boxes waited, in dotted ones no sample fell.',
  bytes: 'Colours are phases.',
  samples: 'Colours are phases.',
};

/** The focused box: always one while there is a picture, shown in the details once the user has chosen it. */
export class Selection {
  readonly details = new Details({
    openSource: () => this.openSource(),
    copyStack: () => this.copyStack(),
    copyPath: () => this.copyPath(),
  });
  readonly #stage: Stage;
  readonly #actions: SelectionActions;
  #model: Model | null = null;
  #isChosen = false;
  box = 0;

  constructor(stage: Stage, actions: SelectionActions) {
    this.#stage = stage;
    this.#actions = actions;
    stage.focus.tree.addEventListener('focusin', () => this.#choose());
  }

  /** Takes another view. Keeps to what was focused in the view before, if that was of the same profile. */
  take(model: Model, isEmpty: boolean): void {
    const before = this.#model;
    this.#model = model;
    const isSameProfile = before?.profile === model.profile;
    if (isEmpty) this.#stage.focus.remove();
    else if (isSameProfile && this.#isChosen) this.focus(counterpart(before, this.box, model));
    else this.#begin(model);
  }

  focus(box: number): void {
    if (this.#model === null) return;
    this.box = box;
    this.#isChosen = true;
    this.#stage.focus.show(this.#model, box, true);
    this.details.show(this.#model, box);
    this.#actions.changed();
  }

  move(direction: Direction): void {
    if (this.#model === null) return;
    this.focus(neighbour(this.#model.tree, this.#model.rows, this.box, direction));
    this.#stage.focus.takeKeyboard();
  }

  spoken(): string {
    return this.#model === null ? '' : spokenFacts(this.#model, this.box);
  }

  copyStack(): void {
    if (this.#model === null) return;
    this.#actions.copy(stackText(this.#model, this.box));
    this.#actions.tell(`Stack of ${this.#model.name(this.box)} copied`);
  }

  /** The whole path, for whatever program is to open it. */
  copyPath(): void {
    const frame = this.#model === null ? -1 : frameOf(this.#model.tree, this.box);
    const place = this.#model === null || frame < 0 ? null : sourcePlace(this.#model.profile, frame);
    if (place === null) return;
    this.#actions.copy(pathToCopy(place));
    this.#actions.tell('Path copied');
  }

  openSource(): void {
    if (this.#model === null) return;
    const frame = frameOf(this.#model.tree, this.box);
    const place = frame < 0 ? null : sourcePlace(this.#model.profile, frame);
    if (place !== null) this.#actions.openSource(frame, place);
    else this.#actions.tell(`${this.#model.name(this.box)} has no source to open`);
  }

  #begin(model: Model): void {
    this.box = 0;
    this.#isChosen = false;
    const { unit, operations } = model.profile;
    const colours = operations.length > 0 ? COLOURS[unit] : '';
    this.details.hint([MEANINGS[unit], colours, HINT].filter(Boolean).join(' '));
    this.#stage.focus.show(model, 0, false);
  }

  /** The keyboard has come to the focused box: from now on its numbers are shown. */
  #choose(): void {
    if (this.#isChosen || this.#model === null) return;
    this.#isChosen = true;
    this.details.show(this.#model, this.box);
  }
}

/** The widest box of another view that stands for the same; the root where there is none. */
function counterpart(before: Model, box: number, after: Model): number {
  const [kind, subject] = [before.tree.kind[box], before.tree.subject[box]];
  let widest = 0;
  let width = -1;
  for (let at = 0; at < after.tree.length; at++) {
    const total = after.tree.total[at] ?? 0;
    if (after.tree.kind[at] !== kind || after.tree.subject[at] !== subject || total <= width) continue;
    widest = at;
    width = total;
  }
  return widest;
}
