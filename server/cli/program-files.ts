import path from 'node:path';
import type { ServerFiles } from '../main/running-server.ts';

/**
 * Where the parts of the program lie, seen from the file that Node was started with: `dist/cli.js` has its runner
 * and its config loader beside it; `server/cli.ts` runs from the sources, with the built page.
 */
export function programFiles(entry: string): ServerFiles {
  const folder = path.dirname(entry);
  const top = path.dirname(folder);
  return {
    runner: path.join(folder, `runner${path.extname(entry)}`),
    configLoader: path.join(folder, `config-loader${path.extname(entry)}`),
    pages: path.join(top, 'dist', 'webview'),
    migrations: path.join(top, 'migrations'),
  };
}
