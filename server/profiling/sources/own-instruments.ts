import { filePathOf } from '../../lib/file-path.ts';

/*
 * What executes and observes the code that is profiled. Not the event store and the generic handlers: they are what
 * people profile; and not the example domain. Of a build without its source map only the entry points are known.
 */
const INSTRUMENTS =
  /^\/(?:server\/(?:(?:cli|config|jobs|main|profiling|runner|workload)\/|handling\/recording\/|(?:cli|runner|config-loader)\.ts$)|dist\/(?:cli|runner|config-loader)\.js$)/;

/** What instruments and the event store both build on. */
const SHARED = /^\/server\/(?:lib|protocol)\//;

const BUILT = /^\/dist\/(?:chunks\/)?[^/]+\.js$/;

/**
 * In a recording of another place, an installation by npm, or one by VS Code under the publisher's name: nobody else's
 * folder has either of them.
 */
const INSTALLED =
  /^.*\/(?:node_modules\/eventstore-profiler|extensions\/eventstore-profiler\.eventstore-profiler-\d+\.\d+\.\d+(?:-[a-z0-9-]+)?)(?=\/)/;

/** Whether a file is code of this program by which it runs and observes that of others. @param file a URL or a path */
export function isOwnInstrument(file: string): boolean {
  return INSTRUMENTS.test(placeInProgram(file));
}

/** Whether a file is code that instruments have in common with what they observe: whose it is, its caller says. */
export function isSharedWithInstruments(file: string): boolean {
  return SHARED.test(placeInProgram(file));
}

/** Whether a script is one that this very installation was built into. */
export function isOwnBuild(url: string): boolean {
  const path = pathOf(url);
  return isBelowRoot(path) && BUILT.test(path.slice(ROOT.length));
}

/** From the folder of the installation on; empty for files of others. */
function placeInProgram(file: string): string {
  const path = pathOf(file);
  const folder = isBelowRoot(path) ? ROOT : INSTALLED.exec(path)?.[0];
  return folder === undefined ? '' : path.slice(folder.length);
}

/** Above `server`, and above `dist` in a build, whose functions are told by their sources. */
const ROOT = pathOf(import.meta.url).replace(
  /\/(?:server\/profiling\/sources|dist(?:\/chunks)?)\/[^/]*$/,
  '',
);

function isBelowRoot(path: string): boolean {
  return ROOT !== '' && path.startsWith(`${ROOT}/`);
}

function pathOf(file: string): string {
  return (file.startsWith('file:') ? (filePathOf(file) ?? file) : file).replaceAll('\\', '/');
}
