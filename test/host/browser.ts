import { type Browser, chromium, type LaunchOptions } from 'playwright-core';
import { installedChromium } from './installed-chromium.ts';
import { packagedChromium } from './packaged-chromium.ts';

/**
 * Starts a headless Chromium: the one that CHROMIUM_PATH names, else an installed one, else the one that
 * install.ts unpacked. `CHROMIUM_PATH=packaged` asks for the unpacked one. The caller closes it.
 */
export async function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const executablePath = installedChromium();
  return chromium.launch({
    ...(executablePath === undefined ? packagedChromium() : { executablePath }),
    headless: true,
    // Playwright's own handlers end the process before the caller could clean up.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    ...options,
    args: [...ARGUMENTS, ...(options.args ?? [])],
  });
}

const ARGUMENTS = [
  // Test machines are containers, run as root, without a GPU: WebGL comes from SwiftShader.
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  // The pages come from 127.0.0.1; nothing else has to be asked.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
