import type pg from 'pg';
import type { CallOptions } from '../event-store.ts';
import type { SafeSequenceNumber } from '../storable-event.ts';
import { allEventsKey } from './append-locks.ts';
import { type ReadSnapshot, replicaFloorSql } from './read-snapshot.ts';
import { runStatement } from './run-statement.ts';
import { functionName, type TableNames } from './table-names.ts';

/**
 * Something that stays true: a transaction with a higher id that is under way when this one has ended has only higher
 * sequence numbers (migrations/0002).
 */
export interface Floor {
  /** Of the store (`storeLife`): in another one ids and numbers are given a second time. */
  readonly life: string;
  readonly transaction: bigint;
  readonly sequenceNumber: number;
}

interface Read {
  readonly pool: pg.Pool;
  readonly snapshot: ReadSnapshot;
  /** The highest number that was read. */
  readonly last: number;
  readonly options: CallOptions;
}

/** With 16 writers at once, the oldest transaction under way is some 30 transactions behind the newest. */
const maxFloors = 64;

/**
 * Finds out how far a read is settled: up to which number no event can become visible any more that it lacks. What was
 * under way when the snapshot was taken has an id from its xmin on, and so numbers above each floor of a lower id.
 */
export class SettledNumbers {
  readonly #tables: TableNames;
  readonly #allEventsKey: string;
  // The last ones, newest last: beside other writers the newest is often too new for a read.
  #floors: Floor[] = [];

  constructor(tables: TableNames) {
    this.#tables = tables;
    this.#allEventsKey = allEventsKey(tables);
  }

  /** Remembers a floor, so that reads of older events need not ask for one. */
  learn(floor: Floor): void {
    const newest = this.#floors.at(-1);
    if (newest?.life !== floor.life) this.#floors = [];
    else if (floor.sequenceNumber <= newest.sequenceNumber) return;
    this.#floors.push(floor);
    if (this.#floors.length > maxFloors) this.#floors.shift();
  }

  /** Without a question to the database: too low when the newest events are newer than the known floors. */
  known({ snapshot, last }: Pick<Read, 'snapshot' | 'last'>): number {
    if (snapshot.isQuiet) return last;
    if (snapshot.isReplica) return Math.min(last, snapshot.replicaFloor ?? 0);
    const xmin = xminOf(snapshot);
    const floor = this.#floors.findLast(
      ({ life, transaction }) => transaction < xmin && life === snapshot.life,
    );
    return Math.min(last, floor?.sequenceNumber ?? 0);
  }

  /** One round trip, if any. On a replica up to one append too low: it cannot see what is under way on its primary. */
  async find(read: Read): Promise<number> {
    const known = this.known(read);
    if (known >= read.last || read.snapshot.replicaFloor !== undefined) return known;
    return Math.min(
      read.last,
      await (read.snapshot.isReplica ? this.#askReplica(read) : this.#askPrimary(read)),
    );
  }

  async #askPrimary({ pool, snapshot, options }: Read): Promise<number> {
    const name = functionName(this.#tables, 'settled');
    const text = `SELECT up_to, floor_transaction, floor_number FROM ${name}($1, $2)`;
    const values = [snapshot.text, this.#allEventsKey];
    const [row] = await runStatement<SettledRow>(pool, { name, text, values }, options);
    const [upTo = null, transaction = null, number = null] = row ?? [];
    if (transaction !== null) {
      this.learn({ life: snapshot.life, transaction: BigInt(transaction), sequenceNumber: Number(number) });
    }
    return upTo === null ? Number.POSITIVE_INFINITY : Number(upTo);
  }

  async #askReplica({ pool, snapshot, options }: Read): Promise<number> {
    const text = replicaFloorSql(this.#tables, '$1');
    const values = [String(xminOf(snapshot))];
    const [row] = await runStatement<[string]>(pool, { text, values }, options);
    return Number(row?.[0] ?? 0);
  }
}

type SettledRow = [upTo: string | null, floorTransaction: string | null, floorNumber: string | null];

/** The number to go on from after a read that is settled up to `settled`; `before` is where it began. */
export function safeNumber(settled: number, before: number): SafeSequenceNumber {
  // The one place where a number becomes safe.
  return Math.max(before, settled) as SafeSequenceNumber;
}

function xminOf({ text }: ReadSnapshot): bigint {
  return BigInt(text.slice(0, text.indexOf(':')));
}
