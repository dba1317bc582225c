import type { OperationRecord } from '../../../server/handling/recording/operation-record.ts';
import { noPhases, type OperationRecorder } from '../../../server/handling/recording/operation-recorder.ts';

const record: OperationRecord = {
  handler: '',
  kind: 'query',
  iteration: 0,
  startMicros: 0,
  durationMicros: 0,
  phases: [],
  eventsReadByType: {},
  eventsAppended: 0,
  outcome: 'answered',
};

const nothing = () => undefined;

/** Records nothing: what handlers cost without being watched. */
export const unobserved: OperationRecorder = {
  ...noPhases,
  startPhase: () => nothing,
  eventsRead: nothing,
  eventsAppended: nothing,
  snapshotUsed: nothing,
  cacheUsed: nothing,
  attemptStarted: nothing,
  startRetryDelay: () => nothing,
  observe: async (_, work) => ({ answer: await work(), record }),
  async record(_, work) {
    await work();
    return record;
  },
};
