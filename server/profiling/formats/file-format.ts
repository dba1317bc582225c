/** The files that can be read, as they are called in what is said about them. */
export const FILE_FORMATS = {
  espp: 'a profile as Event Store Profiler stores it',
  cpuprofile: "V8's .cpuprofile",
  heapprofile: "V8's .heapprofile",
  'chrome-trace': 'a Chrome trace',
  'v8-log': "V8's tick log",
  'v8-log-json': "V8's tick log, preprocessed",
  speedscope: 'speedscope JSON',
  pprof: 'pprof',
  collapsed: 'collapsed stacks',
} as const;
export type FileFormat = keyof typeof FILE_FORMATS;
