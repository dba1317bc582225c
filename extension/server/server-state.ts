import type { ServerStatus } from '../../server/protocol/server-status.ts';
import type { UserFault } from '../user-fault.ts';

/**
 * What the editor knows of its server:
 * stopped → starting → ready → stopping → stopped; starting or ready → failed; failed → starting.
 */
export type ServerState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting'; readonly status?: ServerStatus }
  | { readonly kind: 'ready'; readonly session: ServerSummary }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'failed'; readonly fault: UserFault };

export interface ServerSummary {
  readonly pid: number;
  /** Without the token. */
  readonly url: string;
  /** Whether this window has started it and so will stop it. */
  readonly owned: boolean;
}
