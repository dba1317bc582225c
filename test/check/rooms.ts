/**
 * The rooms of the program and what each may import: the border plan of ARCHITECTURE.md as data.
 * A room is the longest prefix here that a file's path starts with; a file in no room is an error.
 */
export interface Room {
  /** Path from the top of the repository: a folder with a trailing slash, or one file. */
  readonly path: string;
  /** Rooms it may import besides itself; `*` for all of `server/`. */
  readonly imports: readonly string[];
  /** Files outside of `imports` that it may import all the same. */
  readonly files?: readonly string[];
}

const eventStoreInterfaces = [
  'server/eventstore/event-store.ts',
  'server/eventstore/forwarding-event-store.ts',
  'server/eventstore/event-filter.ts',
  'server/eventstore/event-filter-builder.ts',
  'server/eventstore/predicate.ts',
  'server/eventstore/storable-event.ts',
  'server/eventstore/snapshot.ts',
  'server/eventstore/instrumentation.ts',
  'server/eventstore/errors.ts',
];

/** Files that know the domain and nothing else, so that they stay pure; stricter than their room. */
export const PURE = {
  files: /^server\/(library|expenses)\/.+\/(decide|project)\.ts$/,
  imports: /^server\/(library|expenses)\/|^server\/handling\/decision\.ts$/,
};

export const ROOMS: readonly Room[] = [
  { path: 'server/protocol/', imports: [] },
  { path: 'server/lib/', imports: [] },
  { path: 'server/eventstore/', imports: ['server/lib/'] },
  { path: 'server/eventstore/postgres/', imports: ['server/eventstore/', 'server/lib/'] },
  {
    path: 'server/eventstore.ts',
    imports: ['server/eventstore/', 'server/eventstore/postgres/', 'server/lib/'],
  },
  { path: 'server/database/', imports: ['server/lib/'] },
  { path: 'server/handling/', imports: ['server/lib/'], files: eventStoreInterfaces },
  { path: 'server/library/', imports: ['server/handling/', 'server/lib/'], files: eventStoreInterfaces },
  {
    path: 'server/workload/',
    imports: ['server/library/', 'server/handling/', 'server/lib/'],
    files: eventStoreInterfaces,
  },
  { path: 'server/profiling/', imports: ['server/protocol/', 'server/lib/'] },
  { path: 'server/jobs/', imports: ['server/protocol/', 'server/lib/'] },
  { path: 'server/http/', imports: ['server/protocol/', 'server/lib/'] },
  {
    path: 'server/config/',
    imports: ['server/workload/', 'server/handling/', 'server/protocol/', 'server/lib/'],
    files: eventStoreInterfaces,
  },
  {
    path: 'server/config.ts',
    imports: ['server/config/', 'server/handling/', 'server/lib/'],
    files: eventStoreInterfaces,
  },
  { path: 'server/config-loader.ts', imports: ['*'] },
  { path: 'server/main.ts', imports: ['*'] },
  { path: 'server/main/', imports: ['*'], files: ['package.json'] },
  { path: 'server/runner.ts', imports: ['*'] },
  { path: 'server/runner/', imports: ['*'] },
  { path: 'server/cli.ts', imports: ['*'] },
  { path: 'server/cli/', imports: ['*'] },
  { path: 'extension/', imports: ['server/protocol/'] },
  { path: 'webview/', imports: ['server/protocol/'] },
  {
    path: 'test/',
    imports: ['*', 'extension/', 'webview/'],
    files: [
      'esbuild.config.ts',
      'esbuild.library.ts',
      'esbuild.webview.ts',
      'esbuild.fresh.ts',
      'esbuild.swap.ts',
    ],
  },
  {
    path: 'esbuild.config.ts',
    imports: [],
    files: ['esbuild.library.ts', 'esbuild.webview.ts', 'esbuild.fresh.ts', 'esbuild.swap.ts'],
  },
  { path: 'esbuild.fresh.ts', imports: [] },
  { path: 'esbuild.library.ts', imports: [] },
  { path: 'esbuild.swap.ts', imports: [] },
  { path: 'esbuild.webview.ts', imports: [] },
];
