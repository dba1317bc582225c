import { resolve } from 'node:path';
import type { VscodeServer } from './vscode-server.ts';

export interface WorkbenchOptions {
  readonly folder?: string;
  readonly extensionDevelopmentPaths?: readonly string[];
  readonly extensionTestsPath?: string;
}

/** Address of the server's workbench. Extensions under development and tests need a server with `testDriver`. */
export function workbenchUrl(server: VscodeServer, options: WorkbenchOptions): string {
  const remote = (path: string) => `vscode-remote://${server.authority}${resolve(path)}`;
  const payload = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
    ...(options.extensionDevelopmentPaths ?? []).map((path) => ['extensionDevelopmentPath', remote(path)]),
    ...(options.extensionTestsPath === undefined
      ? []
      : [['extensionTestsPath', remote(options.extensionTestsPath)]]),
  ];
  const query = new URLSearchParams({ payload: JSON.stringify(payload) });
  if (options.folder !== undefined) query.set('folder', resolve(options.folder));
  return `http://${server.authority}/?${query}`;
}
