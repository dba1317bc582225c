import type { Lease } from './lease.ts';
import type { Postmaster } from './postmaster.ts';

/** A server that accepts connections and is ours alone. */
export interface HeldServer {
  readonly postmaster: Postmaster;
  readonly lease: Lease;
}

export interface HoldOptions {
  /** The text of the settings file. */
  readonly settings: string;
  readonly log: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Where a new server is to listen; by default a port that is free. */
  readonly choosePort?: (() => Promise<number>) | undefined;
  /** The connection string of the database with the lease, at a port. */
  readonly leaseUrl: (port: number) => string;
}
