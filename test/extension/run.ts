/**
 * Runs the extension's tests in VS Code: first the suites in its extension host, then the journeys, in which a browser
 * uses the workbench as a person does.
 *
 *   node test/extension/run.ts [--only suites|journeys] [--download] [--images] [--tests <file>]
 *
 * On Linux the workbench is the one that test/host installs. `--download` takes VS Code's own build instead, as do other
 * systems; journeys need the workbench in a browser and are left out there. `--images` renews docs/images. `--tests` takes
 * another entry than that of the suites.
 */
import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execPath, platform } from 'node:process';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { hostFolder } from '../host/host-paths.ts';
import { watchForLeftData } from '../host/left-behind.ts';
import { temporaryFolder } from '../host/temporary-folder.ts';
import { buildSuites } from './build-suites.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    download: { type: 'boolean' },
    images: { type: 'boolean' },
    tests: { type: 'string' },
  },
});
const root = join(import.meta.dirname, '../..');
const inBrowser = platform === 'linux' && values.download !== true;

// @vscode/test-electron only prints that it could not start VS Code, and waits; then the process ends for want of work.
process.exitCode = 1;
const leftData = watchForLeftData();
await using temporary = await temporaryFolder('extension-tests');
const workspace = join(temporary.path, 'library-example');
await mkdir(workspace);
if (values.only !== 'journeys') await runSuites();
const journeys = values.only !== 'suites' && inBrowser ? runJourneys() : 0;
const left = leftData();
if (left.length > 0) console.error(`The tests left data behind:\n${left.join('\n')}`);
process.exitCode = left.length > 0 ? 1 : journeys;

async function runSuites(): Promise<void> {
  const extensionTestsPath = values.tests === undefined ? await buildSuites() : resolve(values.tests);
  await runTests({
    ...(inBrowser ? { vscodeExecutablePath: join(hostFolder, 'launcher.ts') } : {}),
    extensionDevelopmentPath: root,
    extensionTestsPath,
    launchArgs: [workspace],
  });
}

function runJourneys(): number {
  const files = join(import.meta.dirname, 'journey/*.test.ts');
  const { status } = spawnSync(execPath, ['--test', '--test-concurrency=1', files], {
    stdio: 'inherit',
    env: {
      ...process.env,
      JOURNEY_WORKSPACE: workspace,
      ...(values.images === true ? { JOURNEY_IMAGES: join(root, 'docs/images') } : {}),
    },
  });
  return status ?? 1;
}
