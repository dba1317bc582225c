import { NO_PHASE, PHASES } from '../../server/protocol/phase.ts';
import { BOX_KINDS } from '../../server/protocol/profile/call-tree.ts';
import type { Profile, ProfileUnit } from '../../server/protocol/profile/profile.ts';
import { toCss } from '../colour/contrast.ts';
import type { Theme } from '../colour/theme.ts';
import { element } from '../element.ts';
import { formatAmount, formatShare } from '../format.ts';
import { boxStyle, styleKey } from './box-style.ts';
import { baseOf, OUTSIDE, type PhaseShare, phaseShares, wholeOf } from './phase-totals.ts';

/** The bar of phases and the switches below it. */
export class Legend {
  readonly root = element('div', { class: 'flame-phases' });
  readonly #bar = element('div', { class: 'flame-bar', attributes: { 'aria-hidden': 'true' } });
  readonly #list = element('div', {
    class: 'flame-legend',
    attributes: {
      role: 'group',
      'aria-label': 'Phases: press to set one back',
      'aria-describedby': 'flame-legend-whole',
    },
  });
  readonly #whole = element('p', { class: 'flame-legend-whole', attributes: { id: 'flame-legend-whole' } });
  readonly #changed: (hidden: ReadonlySet<number>) => void;
  readonly #switches = new Map<number, HTMLButtonElement>();
  #shares: readonly PhaseShare[] = [];
  #hidden = new Set<number>();
  #unit: ProfileUnit = 'microseconds';

  constructor(changed: (hidden: ReadonlySet<number>) => void) {
    this.#changed = changed;
    this.root.append(this.#bar, this.#list, this.#whole);
  }

  /** A profile without operations has no phases to tell apart, and no legend. */
  show(profile: Profile, hidden: Iterable<number>): void {
    const { unit } = profile;
    const shares = phaseShares(profile);
    this.#unit = unit;
    this.#shares = shares;
    this.#whole.textContent = wholeOf(profile);
    this.root.hidden = profile.operations.length === 0;
    this.#hidden = new Set(hidden);
    this.#switches.clear();
    for (const share of shares) this.#switches.set(share.phase, this.#switchFor(share));
    this.#list.replaceChildren(...this.#switches.values());
    this.#bar.replaceChildren(
      ...shares.filter(({ phase }) => phase !== OUTSIDE).map((share) => segmentFor(share, unit)),
    );
    this.#reflect();
  }

  paint(theme: Theme): void {
    for (const { phase } of this.#shares) {
      const colour = toCss(boxStyle(legendStyleKey(phase), theme).fill);
      this.#switches.get(phase)?.style.setProperty('--swatch', colour);
      const segment = this.#bar.querySelector(`[data-phase="${phase}"]`);
      if (segment instanceof HTMLElement) segment.style.setProperty('--swatch', colour);
    }
  }

  #switchFor(entry: PhaseShare): HTMLButtonElement {
    const { phase, name, micros } = entry;
    const made = element(
      'button',
      { class: 'flame-switch', attributes: { type: 'button', 'data-phase': String(phase) } },
      element('span', { class: 'flame-swatch' }),
      element('span', { class: 'flame-switch-name', text: name }),
      element('span', { class: 'flame-switch-share', text: shareText(entry) }),
      element('span', { class: 'flame-switch-time', text: formatAmount(micros, this.#unit) }),
    );
    const waiting = waitingNote(entry);
    if (waiting !== '') made.append(element('span', { class: 'flame-switch-waiting', text: `(${waiting})` }));
    made.title = `${explained(entry, this.#unit)} Click to set it back, Shift+click to show it alone.`;
    made.addEventListener('click', (event) => (event.shiftKey ? this.#only(phase) : this.#toggle(phase)));
    return made;
  }

  #toggle(phase: number): void {
    if (!this.#hidden.delete(phase)) this.#hidden.add(phase);
    this.#reflect();
    this.#changed(this.#hidden);
  }

  /** Shows one phase alone; asked twice, all of them. */
  #only(phase: number): void {
    const others = this.#shares.map((share) => share.phase).filter((other) => other !== phase);
    const isAlone = !this.#hidden.has(phase) && others.every((other) => this.#hidden.has(other));
    this.#hidden = new Set(isAlone ? [] : others);
    this.#reflect();
    this.#changed(this.#hidden);
  }

  #reflect(): void {
    for (const [phase, made] of this.#switches) {
      made.setAttribute('aria-pressed', String(!this.#hidden.has(phase)));
    }
    for (const segment of this.#bar.children) {
      segment.classList.toggle('is-off', this.#hidden.has(Number(segment.getAttribute('data-phase'))));
    }
  }
}

/** `12 %` of the operations; a share of something else names it. */
function shareText(entry: PhaseShare): string {
  return [formatShare(entry.share), baseOf(entry)].join(' ').trim();
}

/** `of that 14 % waiting`; empty where nothing was waited for. */
function waitingNote({ micros, waitingMicros }: PhaseShare): string {
  return waitingMicros > 0 ? `of that ${formatShare(waitingMicros / micros)} waiting` : '';
}

function explained(entry: PhaseShare, unit: ProfileUnit): string {
  const { name, micros, share, waitingMicros } = entry;
  const base = baseOf(entry) || 'of the operations';
  const time = `${name}: ${formatShare(share)} ${base}, ${formatAmount(micros, unit)}`;
  if (waitingMicros <= 0) return `${time}.`;
  return `${time}, ${waitingNote(entry)} (${formatAmount(waitingMicros, unit)}); the rest is work of the process itself.`;
}

function segmentFor(entry: PhaseShare, unit: ProfileUnit): HTMLElement {
  const { phase, micros, waitingMicros } = entry;
  const made = element('span', { class: 'flame-segment', attributes: { 'data-phase': String(phase) } });
  made.style.flexGrow = String(micros);
  made.title = explained(entry, unit);
  if (waitingMicros > 0) {
    const waiting = element('span', { class: 'flame-segment-waiting' });
    waiting.style.width = `${(waitingMicros / micros) * 100}%`;
    made.append(waiting);
  }
  return made;
}

function legendStyleKey(phase: number): number {
  const kind = phase === OUTSIDE ? 'outside' : phase < PHASES.length ? 'phase' : 'unattributed';
  return styleKey({
    kind: BOX_KINDS.indexOf(kind),
    category: 0,
    shade: 0,
    phase: phase < PHASES.length ? phase : NO_PHASE,
  });
}
