import { filePathOf } from '../../lib/file-path.ts';

/*
 * What executes and observes the code that is profiled. Not the event store and the generic handlers: they are what
 * people profile; and not the example domain.
 */
const INSTRUMENTS =
  /^\/server\/(?:(?:cli|config|jobs|main|profiling|runner|workload)\/|handling\/recording\/|(?:cli|runner|config-loader)\.ts$)/;

/** As npm and VS Code name the folder of an installation, wherever a profile comes from. */
const INSTALLED =
  /^.*[/\\](?:node_modules[/\\]eventstore-profiler|[\w-]+\.eventstore-profiler-\d[^/\\]*)(?=[/\\])/;

/** Whether a file is code of this program by which it runs and observes that of others. @param file a URL or a path */
export function isOwnInstrument(file: string): boolean {
  const path = plain(file.startsWith('file:') ? (filePathOf(file) ?? file) : file);
  const folder = path.startsWith(`${ROOT}/`) ? ROOT : INSTALLED.exec(path)?.[0];
  return folder !== undefined && INSTRUMENTS.test(path.slice(folder.length));
}

/** Above `server`, and above `dist` in a build, whose functions are told by their sources. */
const ROOT = plain(filePathOf(import.meta.url) ?? '').replace(
  /\/(?:server\/profiling\/sources|dist(?:\/chunks)?)\/[^/]*$/,
  '',
);

function plain(path: string): string {
  return path.replaceAll('\\', '/');
}
