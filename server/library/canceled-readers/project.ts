import type { LibraryEvent, ReaderID } from '../events.ts';

/** A reader whose contract was canceled and who did not register again. */
export interface CanceledReader {
  readonly readerID: ReaderID;
  readonly name: string;
  readonly registeredAt: Date;
  readonly canceledAt: Date;
}

/** Who is registered is kept for the day on which they are canceled. */
export interface ReadersThenAndNow {
  readonly registered: Map<ReaderID, { readonly name: string; readonly registeredAt: Date }>;
  /** In the order in which the contracts were canceled. */
  readonly canceled: Map<ReaderID, CanceledReader>;
}

/**
 * Folds registrations and cancelations into the readers who left.
 *
 * Given a reader registered, when the contract is canceled, then they are among the canceled, with the name and the time
 * of their last registration.
 * Given a contract was canceled, when they register again, then they are not; when it is canceled once more, they are anew.
 * Given a reader is registered, when they register once more, then nothing changes.
 * Given somebody is not registered, when their contract is canceled, then nothing changes.
 */
export function project(readers: ReadersThenAndNow, events: readonly LibraryEvent[]): ReadersThenAndNow {
  const { registered, canceled } = readers;
  for (const { type, occurredAt, payload } of events) {
    if (type === 'ReaderRegistered') {
      canceled.delete(payload.ReaderID);
      if (registered.has(payload.ReaderID)) continue;
      registered.set(payload.ReaderID, { name: payload.Name, registeredAt: occurredAt });
    } else if (type === 'ReaderContractCanceled') {
      const reader = registered.get(payload.ReaderID);
      if (reader === undefined) continue;
      registered.delete(payload.ReaderID);
      const { name, registeredAt } = reader;
      canceled.set(payload.ReaderID, {
        readerID: payload.ReaderID,
        name,
        registeredAt,
        canceledAt: occurredAt,
      });
    }
  }
  return readers;
}
