import type { EventStore } from '../../../server/eventstore/event-store.ts';
import type { EventStoreRecorder, InstrumentationLevel } from '../../../server/eventstore/instrumentation.ts';
import { openPostgresEventStore } from '../../../server/eventstore/postgres/open-event-store.ts';
import { type Arena, benchPool } from './arena.ts';
import { cpuTimes } from './cpu-time.ts';
import type { ShareFigure, TimesFigure } from './figure.ts';
import { interleave } from './interleave.ts';
import { type Lending, lendByStore, someLending } from './lending.ts';

/**
 * What a recorder of phases, or of operations alone, adds to query → decide → append: to the time that a caller waits, and
 * to the client's CPU time. The recorder keeps each phase with start and duration, as the profiler's own one does.
 */
export async function* instrumentationCost(
  arena: Arena,
  { url, rounds }: { readonly url: string; readonly rounds: number },
): AsyncGenerator<TimesFigure | ShareFigure> {
  const { changed } = arena.books;
  await using stack = new AsyncDisposableStack();
  const opened = async (level: InstrumentationLevel) => {
    const pool = stack.adopt(benchPool(url), (adopted) => adopted.end());
    const instrumentation = { recorder: phaseRecorder(), level };
    const store = await openPostgresEventStore({ primary: pool, instrumentation });
    return { pool, store: stack.adopt(store, (adopted) => adopted.close()) };
  };
  const stores = {
    off: await opened('off'),
    operations: await opened('operations'),
    phases: await opened('phases'),
  };
  const way = (store: EventStore) => (lending: Lending) => lendByStore(store, lending);
  const { off, operations, phases } = await interleave(
    {
      prepare: () => someLending(changed),
      ways: {
        off: way(stores.off.store),
        operations: way(stores.operations.store),
        phases: way(stores.phases.store),
      },
    },
    { rounds },
  );
  const work = 'query → decide → append, against instrumentation off:';
  yield { kind: 'times', work: `${work} phases`, raw: off, store: phases, aim: 1.05 };
  yield { kind: 'times', work: `${work} operations`, raw: off, store: operations };
  const ofClient = ({ pool, store }: typeof stores.off) => {
    return { pool, operation: () => lendByStore(store, someLending(changed)) };
  };
  const cpu = await cpuTimes(
    {
      off: ofClient(stores.off),
      operations: ofClient(stores.operations),
      phases: ofClient(stores.phases),
    },
    rounds * 2,
  );
  const share = (spent: number) => 1 - cpu.off.client / spent;
  const told = 'instrumentation, of the client CPU:';
  yield { kind: 'share', work: `${told} phases`, share: share(cpu.phases.client), aim: 0.05 };
  yield { kind: 'share', work: `${told} operations`, share: share(cpu.operations.client) };
}

const SPANS = 4_096;

/** A ring, so that it costs the same for as long as the benchmark runs. */
function phaseRecorder(): Required<EventStoreRecorder> {
  const names: string[] = new Array(SPANS).fill('');
  const times = new Float64Array(2 * SPANS);
  let started = 0;
  const counts = new Float64Array(4);
  return {
    operationStarted() {
      counts[2] = (counts[2] ?? 0) + 1;
    },
    operationEnded(_operation, end) {
      counts[3] = (counts[3] ?? 0) + end.events;
    },
    startPhase(phase) {
      const place = started++ % SPANS;
      names[place] = phase;
      times[2 * place] = performance.now();
      return () => {
        times[2 * place + 1] = performance.now();
      };
    },
    eventsRead(read) {
      counts[0] = (counts[0] ?? 0) + read.length;
    },
    eventsAppended(count) {
      counts[1] = (counts[1] ?? 0) + count;
    },
  };
}
