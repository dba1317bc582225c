import { VIEWS, type View } from '../../server/protocol/profile/call-tree.ts';
import type { Profile } from '../../server/protocol/profile/profile.ts';
import { onThemeChange } from '../colour/read-theme.ts';
import { element } from '../element.ts';
import { counted } from '../format.ts';
import { Camera } from './camera.ts';
import { Hover } from './hover.ts';
import { type Intent, intentOf } from './keys.ts';
import { KeysDialog } from './keys-dialog.ts';
import { Legend } from './legend.ts';
import { type Model, modelOf } from './model.ts';
import { phaseShares } from './phase-totals.ts';
import { watchPointer } from './pointer.ts';
import type { RunFacts } from './run-facts.ts';
import { SearchField } from './search-field.ts';
import { SearchState } from './search-state.ts';
import { Selection } from './selection.ts';
import type { SourcePlace } from './source-place.ts';
import { Stage } from './stage.ts';
import { Summary } from './summary.ts';
import { Toolbar } from './toolbar.ts';
import { readViewState, type ViewState } from './view-state.ts';

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
}

/** A flame graph of one profile with everything around it. */
export class FlameGraph {
  readonly root = element('section', { class: 'flame', attributes: { 'aria-label': 'Flame graph' } });
  readonly #host: FlameHost;
  readonly #summary = new Summary();
  readonly #search = new SearchState();
  readonly #keysDialog = new KeysDialog();
  readonly #live = element('div', {
    class: 'flame-live',
    attributes: { role: 'status', 'aria-live': 'polite' },
  });
  readonly #empty = element('p', { class: 'flame-empty' });
  readonly #legend = new Legend((hidden) => this.#hide(hidden));
  readonly #searchField = new SearchField({
    typed: (text) => this.#ask(text),
    step: (step) => this.#stepMatch(step),
    left: () => this.#stage.focus.takeKeyboard(),
  });
  readonly #toolbar = new Toolbar((intent) => this.#perform(intent), this.#searchField.root);
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
  readonly #models = new Map<View, Model>();
  #profile: Profile | null = null;
  #model: Model | null = null;
  #hidden: ReadonlySet<number> = new Set();
  #frame = 0;

  constructor(host: FlameHost) {
    this.#host = host;
    this.#selection = new Selection(this.#stage, {
      changed: () => this.#changed(),
      openSource: (frame, place) => host.openSource(frame, place),
      copy: (text) => host.copy(text),
      tell: (text) => this.tell(text),
    });
    this.root.append(
      ...[this.#summary.root, this.#legend.root, this.#toolbar.root, this.#stage.root, this.#empty],
      ...[this.#selection.details.root, this.#live, this.#hover.tooltip.root, this.#keysDialog.root],
    );
    onThemeChange(() => this.#takeTheme());
    document.addEventListener('keydown', (event) => this.#key(event));
    this.#watchPointer();
  }

  /** Draws a profile. Returns how many boxes and runs of narrow boxes were drawn. */
  show(profile: Profile, { facts, saved }: ShowOptions): number {
    const state = readViewState(saved);
    this.#profile = profile;
    this.#models.clear();
    this.#summary.show(profile, facts);
    this.#hidden = new Set(state?.hidden);
    this.#legend.show(phaseShares(profile), this.#hidden);
    this.#legend.paint(this.#stage.theme);
    this.#searchField.text = state?.search ?? '';
    this.#search.text = state?.search ?? '';
    this.#useView(state?.view ?? VIEWS[0], state);
    return this.#render();
  }

  #perform(intent: Intent): void {
    switch (intent.do) {
      case 'view':
        this.#switchView(intent.view);
        break;
      case 'zoom':
        this.#camera.zoom(this.#stage.width / 2, intent.factor);
        break;
      case 'pan':
        this.#camera.panScreens(intent.screens);
        break;
      case 'scroll':
        this.#stage.scrollTop += intent.screens * this.#stage.height;
        break;
      case 'move':
        this.#selection.move(intent.direction);
        this.#revealFocus();
        break;
      case 'match':
        this.#stepMatch(intent.step);
        break;
      case 'zoom-to-focus':
        this.#zoomToFocus();
        break;
      case 'zoom-out':
        this.#zoomOut();
        break;
      case 'show-all':
        this.#camera.showAll();
        break;
      case 'search':
        this.#searchField.takeKeyboard();
        break;
      case 'copy-stack':
        this.#selection.copyStack();
        break;
      case 'open-source':
        this.#selection.openSource();
        break;
      case 'show-keys':
        this.#keysDialog.open();
        break;
    }
  }

  #key(event: KeyboardEvent): void {
    if (event.defaultPrevented || this.#keysDialog.isOpen || this.#model === null || isTyping(event)) return;
    const hasKeyboard = this.#stage.focus.hasKeyboard || document.activeElement === document.body;
    const intent = this.root.hidden ? null : intentOf(event, hasKeyboard);
    if (intent === null) return;
    event.preventDefault();
    this.#perform(intent);
  }

  #watchPointer(): void {
    watchPointer(this.#stage.content, {
      zoom: (x, factor) => {
        this.#hover.leave();
        this.#camera.zoom(x, factor);
      },
      scroll: (y) => {
        this.#stage.scrollTop += y;
      },
      pan: (x, y) => {
        this.#hover.leave();
        this.#camera.dragPixels(x);
        this.#stage.scrollTop -= y;
      },
      hover: (x, y) => {
        if (this.#model !== null) this.#hover.at(this.#model, this.#camera.viewport, x, y);
      },
      leave: () => this.#hover.leave(),
      press: (x, y, wantsSource) => this.#press(x, y, wantsSource),
      doublePress: (x, y) => {
        const entry = this.#stage.entryAt(x, y);
        if (entry !== null) this.#camera.zoomTo(entry.start, entry.span);
      },
    });
  }

  #useView(view: View, state: ViewState | null): void {
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
    this.#stage.takeModel(model);
    this.#stage.scrollTop = state?.scrollTop ?? 0;
    this.#camera.reset(state);
    this.#selection.take(model, isEmpty);
    this.#ask(this.#search.text);
  }

  #switchView(view: View): void {
    if (this.#model === null || this.#model.tree.view === view) return;
    this.#useView(view, null);
    this.#stage.revealRow(this.#model.tree.depth[this.#selection.box] ?? 0);
  }

  #revealFocus(): void {
    if (this.#model === null) return;
    const { tree } = this.#model;
    const { box } = this.#selection;
    this.#stage.revealRow(tree.depth[box] ?? 0);
    this.#camera.reveal(tree.start[box] ?? 0, tree.total[box] ?? 0);
  }

  #zoomToFocus(): void {
    if (this.#model === null) return;
    const { tree } = this.#model;
    const { box } = this.#selection;
    this.#camera.zoomTo(tree.start[box] ?? 0, tree.total[box] ?? 0);
  }

  /** Step by step back to the whole picture, then out of the search. */
  #zoomOut(): void {
    if (!this.#camera.isWhole || this.#search.text === '') this.#camera.back();
    else {
      this.#searchField.text = '';
      this.#ask('');
    }
  }

  #press(x: number, y: number, wantsSource: boolean): void {
    const entry = this.#stage.entryAt(x, y);
    if (entry === null) return;
    this.#selection.focus(entry.box);
    this.#stage.focus.takeKeyboard();
    if (wantsSource) this.#selection.openSource();
  }

  #hide(hidden: ReadonlySet<number>): void {
    this.#hidden = hidden;
    this.#changed();
  }

  #ask(text: string): void {
    if (this.#model === null) return;
    this.#search.ask(this.#model, text);
    this.#tellSearch('');
    this.#changed();
  }

  #stepMatch(step: 1 | -1): void {
    const box = this.#search.step(step);
    if (box < 0) return;
    this.#selection.focus(box);
    this.#revealFocus();
    this.#tellSearch(this.#selection.spoken());
  }

  #tellSearch(more: string): void {
    const found = this.#search.describe();
    this.#searchField.tell(found, this.#search.isWrong);
    this.#announce([found, more].filter((part) => part !== '').join('. '));
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
    const isPlain = !this.#search.isOn && this.#hidden.size === 0;
    const isSetBack = (box: number) =>
      !this.#search.isMatch(box) || this.#hidden.has(model.phaseGroups[box] ?? 0);
    const boxes = this.#stage.render(model, viewport, isPlain ? () => false : isSetBack);
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

  #save(): void {
    if (this.#model === null) return;
    const { start, span } = this.#camera.target;
    const { view } = this.#model.tree;
    const { scrollTop } = this.#stage;
    this.#host.save({ view, start, span, scrollTop, search: this.#search.text, hidden: [...this.#hidden] });
  }
}

/** Whether the key belongs to a field; looks into the shadow of the controls. */
function isTyping(event: KeyboardEvent): boolean {
  return event
    .composedPath()
    .some(
      (target) =>
        target instanceof Element &&
        target.matches('input:not([type="radio"]), textarea, select, vscode-dropdown, vscode-text-field'),
    );
}

function emptyText({ samples, operations }: Profile): string {
  if (samples.length === 0) {
    return 'This profile holds no samples. Run more iterations, so that there is something to see.';
  }
  return `This profile holds ${counted(operations.length, 'operation', 'operations')}, but no time was recorded.`;
}
