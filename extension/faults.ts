import { l10n } from 'vscode';
import type { UnusableNode } from './server/choose-node.ts';
import { UserFault } from './user-fault.ts';

/** Every fault that the extension itself finds, in the words in which it is shown. */
export const faults = {
  untrusted: () =>
    new UserFault({
      code: 'untrusted_workspace',
      message: l10n.t('Event Store Profiler does not run code in a folder that you do not trust.'),
      advice: l10n.t('Trust the folder to start the server and to profile handlers.'),
    }),

  unusableNode: ({ command, problem }: UnusableNode) =>
    new UserFault({
      code: 'unusable_node',
      message:
        problem.kind === 'too-old'
          ? l10n.t(
              '{0} is Node.js {1}; the server needs {2} or newer.',
              command,
              problem.version,
              problem.wanted,
            )
          : l10n.t('{0} cannot be run as Node.js.', command),
      advice: l10n.t('Set "eventstoreProfiler.nodePath" to a Node.js executable, or leave it empty.'),
    }),

  startFailed: (exit: string) =>
    new UserFault({
      code: 'server_start',
      message: l10n.t('The server ended before it was ready ({0}).', exit),
      advice: l10n.t('The log says why.'),
    }),

  startSilent: (seconds: number) =>
    new UserFault({
      code: 'server_silent',
      message: l10n.t('The server has said nothing for {0} seconds after its start.', seconds),
      advice: l10n.t('See the log, then try again.'),
    }),

  otherVersion: (running: string, wanted: string) =>
    new UserFault({
      code: 'other_version',
      message: l10n.t(
        'A server of version {0} runs already for this folder; this extension is version {1}.',
        running,
        wanted,
      ),
      advice: l10n.t('Stop it in the window or terminal that started it, then start again.'),
    }),

  otherDatabase: (running: string, wanted: string | undefined) =>
    new UserFault({
      code: 'other_database',
      message:
        wanted === undefined
          ? l10n.t(
              'The server that runs already for this folder uses the database {0}, not its own PostgreSQL.',
              running,
            )
          : l10n.t(
              'The server that runs already for this folder uses the database {0}, not {1}.',
              running,
              wanted,
            ),
      advice: elsewhere(),
    }),

  serverEnded: (exit: string) =>
    new UserFault({
      code: 'server_ended',
      message: l10n.t('The server ended unexpectedly ({0}).', exit),
      advice: l10n.t('Stored events and profiles are kept. Start it again; the log says why it ended.'),
    }),

  stoppedWhileStarting: () =>
    new UserFault({
      code: 'server_stopped',
      message: l10n.t('The server was stopped before it was ready.'),
      advice: l10n.t('Start it again when you need it.'),
    }),

  noHandlers: () =>
    new UserFault({
      code: 'no_handlers',
      message: l10n.t('The server knows no handlers.'),
      advice: l10n.t('See the log.'),
    }),

  noFolder: () =>
    new UserFault({
      code: 'no_folder',
      message: l10n.t('No folder is open to write a configuration into.'),
      advice: l10n.t('Open the folder of your application first.'),
    }),

  configNotCreated: (reason: string) =>
    new UserFault({
      code: 'config_not_created',
      message: l10n.t('The configuration could not be written: {0}', reason),
      advice: l10n.t('The log says more.'),
    }),

  simulationFailed: () =>
    new UserFault({
      code: 'run_failed',
      message: l10n.t('The simulation failed.'),
      advice: l10n.t('The log says more.'),
    }),

  runFailed: (handler: string) =>
    new UserFault({
      code: 'run_failed',
      message: l10n.t('Profiling {0} failed.', handler),
      advice: l10n.t('The log says why.'),
    }),

  noProfile: () =>
    new UserFault({
      code: 'no_profile',
      message: l10n.t('No profile has been recorded for this folder yet.'),
      advice: l10n.t('Run "Event Store Profiler: Profile Handler…".'),
    }),

  profileGone: (run: string) =>
    new UserFault({
      code: 'profile_gone',
      message: l10n.t('The profile of run {0} is no longer there.', run),
      advice: l10n.t('Record it again with "Event Store Profiler: Profile Handler…".'),
    }),

  noThread: (thread: string, run: string) =>
    new UserFault({
      code: 'no_thread',
      message: l10n.t('Run {0} has no thread {1}.', run, thread),
      advice: l10n.t('Record it again with "Event Store Profiler: Profile Handler…".'),
    }),

  noSource: (frame: string) =>
    new UserFault({
      code: 'no_source',
      message: l10n.t('{0} has no source file: it belongs to Node.js or to V8.', frame),
    }),

  foreignSource: (file: string) =>
    new UserFault({
      code: 'foreign_source',
      message: l10n.t('{0} lies outside of this workspace and is not opened.', file),
      advice: l10n.t('Add its folder to the workspace to open it from a profile.'),
    }),

  missingSource: (file: string) =>
    new UserFault({
      code: 'missing_source',
      message: l10n.t('{0} does not exist any more.', file),
      advice: l10n.t('The profile is of another version of the code. Record it again.'),
    }),
};

/** What to do about a server that is not this window's to stop. */
function elsewhere(): string {
  return l10n.t(
    'Stop it in the window or terminal that started it, or change "eventstoreProfiler.databaseUrl" to match.',
  );
}
