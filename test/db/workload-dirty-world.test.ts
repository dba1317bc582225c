import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildEventFilter } from '../../server/eventstore/event-filter-builder.ts';
import type { EventStore } from '../../server/eventstore/event-store.ts';
import { p } from '../../server/eventstore/predicate.ts';
import { ProfilerError } from '../../server/lib/profiler-error.ts';
import { DirtyWorld } from '../../server/workload/dirty-world/dirty-world.ts';
import type { DirtyWorldOptions } from '../../server/workload/dirty-world/dirty-world-options.ts';
import { collect, event, postgresFixture } from '../contract/event-store-fixture.ts';

const WORKERS = 6;
const COMMANDS_EACH = 50;
const COMMANDS = WORKERS * COMMANDS_EACH;
const anyEvent = buildEventFilter().matchingAnyEvent();

/** What came of all commands: the numbers of the stored ones, and the faults of the others. */
interface Outcomes {
  readonly stored: readonly string[];
  readonly faults: readonly ProfilerError[];
  /** Appends whose outcome nobody was told. */
  readonly unknown: number;
}

/** Each worker decides on a book of its own, so that no conflict is real. */
async function work(world: DirtyWorld, store: EventStore): Promise<Outcomes> {
  const stored: string[] = [];
  const faults: ProfilerError[] = [];
  const dirty = world.store(store);
  const worker = async (book: string) => {
    const filter = buildEventFilter().matching().anyPredicateOf(p('BookID', book)).finalize();
    for (let command = 0; command < COMMANDS_EACH; command++) {
      const id = `${book}/${command}`;
      const request = async (signal: AbortSignal) => {
        const { position } = await dirty.query(filter, { signal });
        await dirty.append(filter, position, [event('Done', { BookID: book, id })], { signal });
      };
      try {
        await world.request(request, new AbortController().signal);
        stored.push(id);
      } catch (error) {
        assert.ok(error instanceof ProfilerError, String(error));
        faults.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, n) => worker(`b${n}`)));
  return { stored, faults, unknown: faults.filter(({ code }) => code === 'unknown_outcome').length };
}

async function outcomesIn(options: DirtyWorldOptions) {
  await using fixture = await postgresFixture();
  const world = new DirtyWorld(options, { seed: 3 });
  const outcomes = await work(world, fixture.store);
  const events = (await collect(fixture.store.replay(anyEvent))).flat();
  const ids = events.map(({ payload }) => String(JSON.parse(payload).id)).sort();
  assert.equal(new Set(ids).size, ids.length, 'an event was stored twice');
  assert.equal(outcomes.stored.length + outcomes.faults.length, COMMANDS);
  if (outcomes.unknown === 0) assert.deepEqual(ids, outcomes.stored.toSorted());
  return { world, ...outcomes };
}

/** The rate within which chance and what came to nothing at the end may lie. */
function assertAbout(count: number, expected: number): void {
  assert.ok(count > expected * 0.6 && count < expected * 1.4, `${count}, not about ${expected}`);
}

describe('in a dirty world on PostgreSQL', () => {
  it('conflicts are those of the database, and what was refused is not stored', async () => {
    const { world, faults } = await outcomesIn({ conflicts: 0.3 });
    assertAbout(world.injected.conflicts, 0.3 * COMMANDS);
    assert.equal(faults.length, world.injected.conflicts);
    assert.ok(faults.every((fault) => fault.code === 'concurrency_conflict' && world.isInjected(fault)));
  });

  it('slow queries make nothing fail', async () => {
    const { world, faults } = await outcomesIn({ slowQueries: 0.3, slowByMs: 2 });
    assertAbout(world.injected.slowQueries, 0.3 * COMMANDS);
    assert.deepEqual(faults, []);
  });

  it('calls without enough time are broken off, and what was broken off is not stored', async () => {
    const { world, faults } = await outcomesIn({ timedOut: 0.15 });
    // Two calls make one command, unless the first one fails.
    assertAbout(world.injected.timedOut, 0.15 * (COMMANDS + 0.85 * COMMANDS));
    assert.equal(faults.length, world.injected.timedOut);
    assert.ok(faults.every((fault) => fault.code === 'query_timeout' && world.isInjected(fault)));
  });

  it('cancelled requests end as such, and what was cancelled is not stored', async () => {
    const { world, faults } = await outcomesIn({ cancelled: 0.3 });
    assertAbout(world.injected.cancelled, 0.3 * COMMANDS);
    assert.equal(faults.length, world.injected.cancelled);
    assert.ok(faults.every((fault) => fault.code === 'operation_canceled' && world.isInjected(fault)));
  });

  it('all of it together loses no event and stores none twice', async () => {
    const { world, faults, unknown } = await outcomesIn({
      conflicts: 0.2,
      slowQueries: 0.2,
      slowByMs: 3,
      cancelled: 0.2,
      timedOut: 0.1,
    });
    const { conflicts, cancelled, timedOut } = world.injected;
    assert.ok(
      Object.entries(world.injected).every(([kind, count]) => kind === 'businessErrors' || count > 0),
    );
    assert.equal(faults.length, conflicts + cancelled + timedOut + unknown);
  });
});
