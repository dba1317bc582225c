import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { env } from 'node:process';
import { pathToFileURL } from 'node:url';
import type { LaunchOptions } from 'playwright-core';
import { cacheFolder } from './host-paths.ts';

const folder = join(cacheFolder, 'chromium');
const executablePath = join(folder, 'chromium');

export function packagedChromiumIsThere(): boolean {
  return existsSync(executablePath);
}

/** How to launch the Chromium that `unpackChromium` unpacked. */
export function packagedChromium(): Pick<LaunchOptions, 'executablePath' | 'env'> {
  if (!packagedChromiumIsThere()) {
    throw new Error('There is no browser: run "node test/host/install.ts", or name one with CHROMIUM_PATH.');
  }
  return { executablePath, env: { ...env, ...librariesAndFonts() } };
}

/** Unpacks the browser of the package @sparticuz/chromium (Linux, x64; 211 MB) with libraries and fonts. */
export async function unpackChromium(): Promise<void> {
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await inflateInto(partial);
  await writeFile(join(partial, 'fonts.conf'), FONTS_CONF);
  await rename(partial, folder);
}

/** What this module uses of the package, which is installed here and not where the types are checked. */
interface ChromiumPackage {
  readonly default: { executablePath(): Promise<string> };
  inflate(archive: string): Promise<string>;
}

async function inflateInto(target: string): Promise<void> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const before = env['TMPDIR'];
  // The package unpacks into the temporary directory under fixed names and takes whatever lies there for its own.
  env['TMPDIR'] = target;
  try {
    const chromium = (await import(pathToFileURL(entry).href)) as ChromiumPackage;
    await chromium.default.executablePath();
    // libnss3, libnspr4 and libexpat, which a bare Debian lacks.
    await chromium.inflate(join(dirname(entry), '../bin/al2023.tar.br'));
  } finally {
    if (before === undefined) delete env['TMPDIR'];
    else env['TMPDIR'] = before;
  }
}

function librariesAndFonts(): Record<string, string> {
  const libraries = [join(folder, 'al2023/lib'), env['LD_LIBRARY_PATH']].filter(Boolean);
  return { LD_LIBRARY_PATH: libraries.join(':'), FONTCONFIG_FILE: join(folder, 'fonts.conf') };
}

// Without a configuration Chromium dies when it looks for a font. "relative" means: to the folder of this file.
const FONTS_CONF = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
