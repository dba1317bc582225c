import type { EventStoreRecorder } from '../../../server/eventstore/instrumentation.ts';
import { openPostgresEventStore } from '../../../server/eventstore/postgres/open-event-store.ts';
import { type Arena, benchPool } from './arena.ts';
import { cpuTimes } from './cpu-time.ts';
import type { ShareFigure, TimesFigure } from './figure.ts';
import { interleave } from './interleave.ts';
import { type Lending, lendByStore, someLending } from './lending.ts';

/**
 * What a recorder of phases adds to query → decide → append: to the time that a caller waits, and to the client's CPU
 * time. The recorder keeps each phase with start and duration, as the profiler's own one does.
 */
export async function* instrumentationCost(
  arena: Arena,
  { url, rounds }: { readonly url: string; readonly rounds: number },
): AsyncGenerator<TimesFigure | ShareFigure> {
  const { store: plain } = arena;
  const { changed } = arena.books;
  await using stack = new AsyncDisposableStack();
  const pool = stack.adopt(benchPool(url), (opened) => opened.end());
  const observed = stack.adopt(
    await openPostgresEventStore({ primary: pool, instrumentation: { recorder: phaseRecorder() } }),
    (opened) => opened.close(),
  );
  const work = 'query → decide → append with phases recorded, against without';
  const { off, phases } = await interleave(
    {
      prepare: () => someLending(changed),
      ways: {
        off: (lending: Lending) => lendByStore(plain, lending),
        phases: (lending: Lending) => lendByStore(observed, lending),
      },
    },
    { rounds },
  );
  yield { kind: 'times', work, raw: off, store: phases, columns: ['off', 'phases'], aim: 1.05 };
  const cpu = await cpuTimes(
    {
      off: { pool: arena.storePool, operation: () => lendByStore(plain, someLending(changed)) },
      phases: { pool, operation: () => lendByStore(observed, someLending(changed)) },
    },
    rounds,
  );
  const share = 1 - cpu.off.client / cpu.phases.client;
  yield { kind: 'share', work: 'recording phases, of the client CPU', share, aim: 0.05 };
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
