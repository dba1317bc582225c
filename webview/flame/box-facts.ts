import { NO_PHASE, PHASES } from '../../server/protocol/phase.ts';
import { counted, formatAmount, formatShare } from '../format.ts';
import { kindOf } from './display-name.ts';
import { frameOf, type Model } from './model.ts';
import { longPlace, placeIn, type SourcePlace, sourcePlace } from './source-place.ts';

/** What is told about a box, in a tooltip, in the details and to screen readers. */
export interface BoxFacts {
  readonly name: string;
  readonly place: SourcePlace | null;
  /** Null where the box lies in no phase or in several. */
  readonly phase: string | null;
  readonly handler: string | null;
  /** Path, short where it lies in the folder of the application; null where there is none. */
  readonly path: string | null;
  /** With its share, like self. */
  readonly total: string;
  /** Null for what is no function: only functions have time of their own. */
  readonly self: string | null;
  /** Null where the profile has no operations, and for a single stretch of time. */
  readonly perOperation: string | null;
  readonly samples: string;
  /** A sentence about what the name does not say; mostly null. */
  readonly remark: string | null;
}

const UNSAMPLED_REMARK =
  'Stretches so short that no sample fell into them: their time is measured, which functions took it is not known.';

export function boxFacts(model: Model, box: number): BoxFacts {
  const { tree, profile } = model;
  const frame = frameOf(tree, box);
  const total = tree.total[box] ?? 0;
  const operations = profile.operations.length;
  const isOfOperations = isInOperation(model, box);
  const place = frame < 0 ? null : sourcePlace(profile, frame);
  return {
    name: model.name(box),
    place,
    path: place === null ? null : placeIn(model.folder, place),
    phase: PHASES[tree.phase[box] ?? PHASES.length] ?? null,
    handler: handlerOf(model, box),
    total: withShare(model, total, isOfOperations),
    self: frame < 0 ? null : withShare(model, tree.self[box] ?? 0, isOfOperations),
    perOperation:
      isOfOperations && tree.view !== 'time-order'
        ? `${formatAmount(total / operations, profile.unit)} per operation`
        : null,
    samples: counted(tree.count[box] ?? 0, 'sample', 'samples'),
    remark: kindOf(tree, box) === 'unsampled' ? UNSAMPLED_REMARK : null,
  };
}

/**
 * Whether all time of a box is known to lie in operations. The view of phases tells by its groups; the others know it
 * only of boxes that lie in one phase.
 */
export function isInOperation({ tree, operationMicros }: Model, box: number): boolean {
  if (operationMicros === 0) return false;
  if (tree.phase[box] !== NO_PHASE) return true;
  for (let at = box; at >= 0; at = tree.parent[at] ?? -1) {
    if (kindOf(tree, at) === 'handler') return true;
  }
  return false;
}

/** One sentence for a screen reader. */
export function spokenFacts(model: Model, box: number): string {
  const { name, phase, total, self, path, remark } = boxFacts(model, box);
  const parts = [name, `total ${total}`];
  if (self !== null) parts.push(`self ${self}`);
  if (phase !== null && phase !== name) parts.push(`phase ${phase}`);
  if (path !== null) parts.push(path);
  if (remark !== null) parts.push(remark);
  return parts.join(', ');
}

/** The stack from the outermost caller to the box, one frame per line, as text to paste somewhere. */
export function stackText(model: Model, box: number): string {
  const lines: string[] = [];
  for (let at = box; at > 0; at = model.tree.parent[at] ?? -1) {
    const { name, place } = boxFacts(model, at);
    lines.push(place === null ? name : `${name} (${longPlace(place)})`);
  }
  return lines.reverse().join('\n');
}

function withShare(model: Model, amount: number, isOfOperations: boolean): string {
  const { operationMicros, tree, profile } = model;
  const whole = isOfOperations ? operationMicros : (tree.total[0] ?? 0);
  const text = formatAmount(amount, profile.unit);
  if (whole <= 0) return text;
  const share = formatShare(amount / whole);
  return `${text}, ${share} of ${isOfOperations ? 'operations' : 'the recording'}`;
}

/** The handler box above, or the only handler of a profile whose view does not group by handler. */
function handlerOf(model: Model, box: number): string | null {
  const { tree, profile } = model;
  for (let at = box; at >= 0; at = tree.parent[at] ?? -1) {
    if (kindOf(tree, at) === 'handler') return model.name(at);
  }
  const only = profile.operations.handler[0];
  const isOnly = only !== undefined && profile.operations.handler.every((handler) => handler === only);
  return isOnly && tree.view !== 'phases' ? (profile.strings[only] ?? null) : null;
}
