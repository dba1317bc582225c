#!/usr/bin/env node
/**
 * Stands in for the `code` executable that @vscode/test-electron starts: opens a real VS Code workbench in a headless
 * browser, runs the extension tests in its extension host, prints what they print, and exits with
 * 0 passed · 1 failed · 2 wrong arguments · 70 page crashed · 71 extension host died · 124 too slow · 130 interrupted.
 * TEST_HOST_TIMEOUT_MS bounds the time from the first test to the last.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from './browser.ts';
import { hostFolder } from './host-paths.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { type TestReport, testReport } from './test-report.ts';
import { startVscodeServer } from './vscode-server.ts';
import { workbenchUrl } from './workbench-url.ts';

const testsEntry = join(hostFolder, 'tests-entry.cjs');
const START_TIMEOUT_MS = 120_000;
const DEFAULT_TIMEOUT_MS = 900_000;

interface Launch {
  readonly extensionDevelopmentPaths: readonly string[];
  readonly extensionTestsPath: string;
  readonly folder?: string;
}

/** How a run ended, beside what the tests said themselves. */
type Ending = { readonly code: number; readonly reason?: string };

process.exitCode = await main();
// Playwright may keep the process for seconds; everything that was opened is closed by now.
process.exit();

async function main(): Promise<number> {
  const launch = readArguments();
  if (launch === undefined) {
    console.error('Wanted: --extensionDevelopmentPath=… --extensionTestsPath=… [folder]');
    return 2;
  }
  const interrupted = Promise.withResolvers<Ending>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupted.resolve({ code: 130, reason: `The test host got ${signal}.` }));
  }
  const { code, reason } = await runTests(launch, interrupted.promise);
  if (reason !== undefined) console.error(reason);
  return code;
}

function readArguments(): Launch | undefined {
  const { values, positionals } = parseArgs({
    // VS Code's other switches mean nothing to a workbench in a browser.
    strict: false,
    options: {
      extensionDevelopmentPath: { type: 'string', multiple: true },
      extensionTestsPath: { type: 'string' },
    },
  });
  const developed = values['extensionDevelopmentPath'];
  const tests = values['extensionTestsPath'];
  if (!Array.isArray(developed) || typeof tests !== 'string') return undefined;
  return {
    extensionDevelopmentPaths: developed.filter((path) => typeof path === 'string'),
    extensionTestsPath: tests,
    ...(positionals[0] === undefined ? {} : { folder: positionals[0] }),
  };
}

async function runTests(launch: Launch, interrupted: Promise<Ending>): Promise<Ending> {
  await using folder = await temporaryFolder('test-host');
  await using report = await testReport(folder.path);
  await using server = await startVscodeServer({
    testDriver: true,
    extensionsFolder: join(folder.path, 'extensions'),
    env: { TEST_HOST_SOCKET: report.socket, TEST_HOST_TESTS: launch.extensionTestsPath },
  });
  await using browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const workbenchEnded = Promise.withResolvers<number>();
  const workbenchLog: string[] = [];
  // The workbench calls these two by name: for each line of its log, and when the extension host has ended.
  await page.exposeFunction('codeAutomationLog', (level: string, line: unknown[]) => {
    workbenchLog.push([`${level}:`, ...line].join(' '));
  });
  await page.exposeFunction('codeAutomationExit', (code: number) => workbenchEnded.resolve(code));
  const crashed = Promise.withResolvers<Ending>();
  page.on('crash', () => crashed.resolve({ code: 70, reason: 'The workbench crashed.' }));
  using deadline = tooSlow(report);
  await page.goto(workbenchUrl(server, { ...launch, extensionTestsPath: testsEntry }), {
    waitUntil: 'commit',
  });
  const ended = workbenchEnded.promise.then((code) => verdict(report, code));
  const ending = await Promise.race([ended, crashed.promise, deadline.ending, interrupted]);
  if (!report.hasStarted()) console.error(workbenchLog.slice(-60).join('\n'));
  return ending;
}

/** The workbench says 0 also when its extension host died; only the tests' own word makes a success. */
async function verdict(report: TestReport, workbenchCode: number): Promise<Ending> {
  const code = await report.code();
  if (code === undefined) return { code: 71, reason: 'The extension host ended before the tests did.' };
  return { code: code === 0 ? workbenchCode : code };
}

function tooSlow(report: TestReport): Disposable & { readonly ending: Promise<Ending> } {
  const { promise: ending, resolve } = Promise.withResolvers<Ending>();
  const endWith = (reason: string) => () => resolve({ code: 124, reason });
  let timer = setTimeout(endWith('The extension host did not start.'), START_TIMEOUT_MS);
  void report.started.then(() => {
    clearTimeout(timer);
    const milliseconds = Number(process.env['TEST_HOST_TIMEOUT_MS'] ?? DEFAULT_TIMEOUT_MS);
    timer = setTimeout(endWith(`The tests did not end within ${milliseconds / 1000} seconds.`), milliseconds);
  });
  return { ending, [Symbol.dispose]: () => clearTimeout(timer) };
}
