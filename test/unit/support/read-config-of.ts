import assert from 'node:assert/strict';
import path from 'node:path';
import { findConfigFile } from '../../../server/config/config-file.ts';
import { readConfig, type WorkspaceConfig } from '../../../server/config/read-config.ts';
import { workspaceWith } from './workspace-with.ts';

export const loader = path.resolve(import.meta.dirname, '../../../server/config-loader.ts');

/** Generous where nothing hangs: the machine may be busy. */
const PATIENT_MS = 60_000;

/** What the config file of a workspace of these files says. */
export async function read(
  files: Readonly<Record<string, string>>,
  { limitMs = PATIENT_MS, lines = [] as string[] } = {},
): Promise<WorkspaceConfig> {
  await using workspace = await workspaceWith(files);
  const file = findConfigFile(workspace.path);
  assert.ok(file !== undefined);
  return await readConfig({ file, loader, limitMs, log: (line) => lines.push(line) });
}

export const TS = 'eventstore-profiler.config.ts';
export const orders =
  'export async function ordersOfCustomer() {}\nexport const limit = 5;\nexport class Orders {}\n';

/** A config in TypeScript with these handlers, each on a line of its own from line 4 on. */
export function configOf(...handlers: readonly string[]): string {
  const list = handlers.map((handler) => `    ${handler},\n`).join('');
  return `import { defineConfig } from 'eventstore-profiler';\nexport default defineConfig({\n  handlers: [\n${list}  ],\n});\n`;
}

/** A handler as a config names it, with these fields more. */
export const query = (fields: string) =>
  `{ name: 'Orders', kind: 'query', module: './src/orders.ts', ${fields} }`;
