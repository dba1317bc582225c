import { VIEWS, type View } from '../../server/protocol/profile/call-tree.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { onThemeChange } from '../colour/read-theme.ts';
import { element } from '../element.ts';
import { counted } from '../format.ts';
import { Camera } from './camera.ts';
import { Commands } from './commands.ts';
import type { IsSetBack } from './entry.ts';
import { FlameSearch } from './flame-search.ts';
import { readGcPauses } from './gc-pauses.ts';
import { Hover } from './hover.ts';
import { KeysDialog } from './keys-dialog.ts';
import { Legend } from './legend.ts';
import { type Model, modelOf } from './model.ts';
import { PauseLane } from './pause-lane.ts';
import { watchPicture } from './picture-pointer.ts';
import type { RunFacts } from './run-facts.ts';
import { Selection } from './selection.ts';
import type { SourcePlace } from './source-place.ts';
import { Stage } from './stage.ts';
import { Summary } from './summary.ts';
import { Toolbar } from './toolbar.ts';
import { readViewState, type ViewState } from './view-state.ts';
import { watchKeys } from './watch-keys.ts';

/** What the picture asks of the page that it stands in. */
export interface FlameHost {
  openSource(frame: number, place: SourcePlace): void;
  copy(text: string): void;
  /** What the user has set, after each change, to be given back to `show`. */
  save(state: ViewState): void;
}

interface ShowOptions {
  readonly facts: RunFacts;
  /** What `save` was given for this profile; checked here. */
  readonly saved: unknown;
  /** The content of the run's file of pauses, checked here; absent where there is none. */
  readonly pauses?: unknown;
  /** Stands at the end of the head line. */
  readonly extra?: HTMLElement;
}

/** A flame graph of one profile with everything around it. */
export class FlameGraph {
  readonly root = element('section', { class: 'flame', attributes: { 'aria-label': 'Flame graph' } });
  readonly #host: FlameHost;
  readonly #summary = new Summary();
  readonly #keysDialog = new KeysDialog();
  readonly #live = element('div', {
    class: 'flame-live',
    attributes: { role: 'status', 'aria-live': 'polite' },
  });
  readonly #empty = element('p', { class: 'flame-empty' });
  readonly #legend = new Legend((hidden) => this.#hide(hidden));
  readonly #search = new FlameSearch({
    changed: () => this.#setBack(),
    goTo: (box) => this.#goTo(box),
    left: () => this.#stage.focus.takeKeyboard(),
    announce: (text) => this.#announce(text),
  });
  readonly #toolbar = new Toolbar((intent) => this.#commands.perform(intent), this.#search.root);
  readonly #stage = new Stage({
    changed: () => this.#changed(),
    centred: (share) => this.#camera.centre(share),
  });
  readonly #hover = new Hover(this.#stage);
  readonly #camera = new Camera(
    () => (this.#model === null ? { total: 0, width: 1 } : this.#stage.axisOf(this.#model)),
    () => this.#changed(),
  );
  readonly #selection;
  readonly #pauses;
  readonly #commands;
  readonly #models = new Map<View, Model>();
  #profile: Profile | null = null;
  #model: Model | null = null;
  #hidden: ReadonlySet<number> = new Set();
  #isSetBack: IsSetBack = () => false;
  #frame = 0;

  constructor(host: FlameHost) {
    this.#host = host;
    this.#selection = new Selection(this.#stage, {
      changed: () => this.#changed(),
      openSource: (frame, place) => host.openSource(frame, place),
      copy: (text) => host.copy(text),
      tell: (text) => this.tell(text),
    });
    this.#pauses = new PauseLane({
      ...{ stage: this.#stage, camera: this.#camera, tooltip: this.#hover.tooltip },
      model: () => this.#model,
      changed: () => this.#changed(),
      tell: (text) => this.tell(text),
    });
    const parts = {
      ...{ stage: this.#stage, camera: this.#camera, hover: this.#hover, selection: this.#selection },
      ...{ search: this.#search, keysDialog: this.#keysDialog, pauses: this.#pauses },
      model: () => this.#model,
      switchView: (view: View) => this.#switchView(view),
    };
    this.#commands = new Commands(parts);
    this.root.append(
      ...[this.#summary.root, this.#legend.root, this.#toolbar.root, this.#stage.root, this.#empty],
      ...[this.#selection.details.root, this.#live, this.#hover.tooltip.root, this.#keysDialog.root],
    );
    onThemeChange(() => this.#takeTheme());
    watchPicture(parts);
    watchKeys({
      isListening: () => this.#model !== null && !this.root.hidden && !this.#keysDialog.isOpen,
      isInPicture: () => this.#stage.focus.hasKeyboard,
      perform: (intent) => this.#commands.perform(intent),
    });
  }

  /** Draws a profile. Returns how many boxes and runs of narrow boxes were drawn. */
  show(profile: Profile, { facts, saved, pauses, extra }: ShowOptions): number {
    const state = readViewState(saved);
    this.#profile = profile;
    this.#models.clear();
    this.#pauses.take(readGcPauses(pauses, profile));
    this.#summary.show(profile, facts, extra);
    this.#hidden = new Set(state?.hidden);
    this.#legend.show(profile, this.#hidden);
    this.#legend.paint(this.#stage.theme);
    this.#useView(state?.view ?? VIEWS[0], state, state?.search ?? '');
    return this.#render();
  }

  #useView(view: View, state: ViewState | null, search: string): void {
    const profile = this.#profile;
    if (profile === null) return;
    const model = this.#models.get(view) ?? modelOf(profile, view);
    this.#models.set(view, model);
    this.#model = model;
    const isEmpty = (model.tree.total[0] ?? 0) <= 0;
    this.root.classList.toggle('is-empty', isEmpty);
    this.#empty.hidden = !isEmpty;
    this.#empty.textContent = isEmpty ? emptyText(profile) : '';
    this.#toolbar.choose(view);
    this.#stage.focus.label(`${view.replace('-', ' ')}, ${counted(model.tree.length, 'box', 'boxes')}`);
    this.#hover.leave();
    this.#pauses.leave();
    this.#stage.takeModel(model);
    this.#stage.scrollTop = state?.scrollTop ?? 0;
    this.#camera.reset(state);
    this.#selection.take(model, isEmpty);
    this.#search.take(model, search);
  }

  #switchView(view: View): void {
    if (this.#model === null || this.#model.tree.view === view) return;
    this.#useView(view, null, this.#search.text);
    this.#stage.revealRow(this.#model.tree.depth[this.#selection.box] ?? 0);
  }

  #goTo(box: number): string {
    this.#selection.focus(box);
    this.#commands.revealFocus();
    return this.#selection.spoken();
  }

  #hide(hidden: ReadonlySet<number>): void {
    this.#hidden = new Set(hidden);
    this.#setBack();
  }

  /** Decides anew which boxes step back: all that the search does not match, and those of phases switched off. */
  #setBack(): void {
    const groups = this.#model?.phaseGroups;
    const isPlain = groups === undefined || (!this.#search.isOn && this.#hidden.size === 0);
    this.#isSetBack = isPlain
      ? () => false
      : (box) => !this.#search.isMatch(box) || this.#hidden.has(groups[box] ?? 0);
    this.#changed();
  }

  /** Answers what the user just did, to the eye and to screen readers. */
  tell(text: string): void {
    this.#announce(text);
    this.#selection.details.say(text);
  }

  #announce(text: string): void {
    this.#live.textContent = text;
  }

  #takeTheme(): void {
    this.#stage.takeTheme();
    this.#legend.paint(this.#stage.theme);
    this.#changed();
  }

  /** Draws once before the next picture of the screen, however much has changed. */
  #changed(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#render();
      this.#save();
    });
  }

  #render(): number {
    const model = this.#model;
    if (model === null) return 0;
    this.#camera.advance();
    const { viewport } = this.#camera;
    const start = performance.now();
    const boxes = this.#stage.render(model, viewport, this.#isSetBack);
    this.#stage.placeFocus(this.#selection.box, viewport);
    this.#hover.place(viewport);
    performance.clearMeasures('flame-draw');
    performance.measure('flame-draw', { start, end: performance.now() });
    this.#publish(model, boxes);
    if (!this.#camera.isStill) this.#changed();
    return boxes;
  }

  /** What a page or a test may want to know of the picture without reading its pixels. */
  #publish({ tree }: Model, boxes: number): void {
    const { start, span } = this.#camera.viewport;
    Object.assign(this.root.dataset, { view: tree.view, boxes, start, span, total: tree.total[0] ?? 0 });
    this.root.dataset['still'] = String(this.#camera.isStill);
  }

  /** What the user has set now; null where nothing is shown. */
  get state(): ViewState | null {
    if (this.#model === null) return null;
    const { start, span } = this.#camera.target;
    const { view } = this.#model.tree;
    const { scrollTop } = this.#stage;
    return { view, start, span, scrollTop, search: this.#search.text, hidden: [...this.#hidden] };
  }

  #save(): void {
    const { state } = this;
    if (state !== null) this.#host.save(state);
  }
}

function emptyText({ samples, operations }: Profile): string {
  if (samples.length === 0) {
    return 'This profile holds no samples. Run more iterations, so that there is something to see.';
  }
  return `This profile holds ${counted(operations.length, 'operation', 'operations')}, but no time was recorded.`;
}
