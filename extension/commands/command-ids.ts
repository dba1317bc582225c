/** The commands that package.json contributes, and the one behind the status bar item. */
export const COMMANDS = {
  profileHandler: 'eventstoreProfiler.profileHandler',
  attachProcess: 'eventstoreProfiler.attachProcess',
  createConfig: 'eventstoreProfiler.createConfig',
  runSimulation: 'eventstoreProfiler.runSimulation',
  reopenLastProfile: 'eventstoreProfiler.reopenLastProfile',
  startServer: 'eventstoreProfiler.startServer',
  stopServer: 'eventstoreProfiler.stopServer',
  restartServer: 'eventstoreProfiler.restartServer',
  openInBrowser: 'eventstoreProfiler.openInBrowser',
  showLog: 'eventstoreProfiler.showLog',
  showActions: 'eventstoreProfiler.showActions',
} as const;
