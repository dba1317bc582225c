import { type AttachTarget, readAttachTarget } from '../../protocol/attach-target.ts';
import { AttachError } from './attach-errors.ts';

/** Reads what `readAttachTarget` reads. @throws AttachError for anything else, and for addresses of other machines */
export function parseAttachTarget(text: string): AttachTarget {
  const { target, fault } = readAttachTarget(text);
  if (target !== undefined) return target;
  throw new AttachError(fault.code, fault.message, { advice: fault.advice });
}
