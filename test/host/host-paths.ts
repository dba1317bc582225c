import { fileURLToPath } from 'node:url';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** This folder: a package of its own, so that the product's installation does not bring a VS Code and a browser. */
export const hostFolder = here('.');

/** What install.ts makes from the packages; safe to delete. */
export const cacheFolder = here('.cache');

/** The VS Code server: its workbench runs in a browser, its extension host in Node. */
export const vscodeFolder = here('node_modules/code-server/lib/vscode');
