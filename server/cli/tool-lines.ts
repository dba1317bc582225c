import path from 'node:path';
import type { ProfileResult } from '../protocol/run.ts';
import { CPU_PROFILE_FILE, HEAP_PROFILE_FILE } from '../protocol/run-files.ts';

/** The file of a profile for other viewers: of what some tools record it is their page. */
export function viewerFileOf({ artifacts }: ProfileResult): string {
  const names = artifacts.map(({ name }) => name);
  const found = [CPU_PROFILE_FILE, HEAP_PROFILE_FILE].find((name) => names.includes(name));
  return found ?? names.find(isPage) ?? CPU_PROFILE_FILE;
}

/** What an external tool concludes, and where its page lies. */
export function toolLines({ tool, artifacts }: ProfileResult, folder: string): string[] {
  if (tool === undefined) return [];
  const pages = artifacts.filter(({ name }) => isPage(name));
  const lines = [
    ...tool.verdict,
    ...pages.map(({ name }) => `The page of ${tool.name} ${tool.version}: ${path.join(folder, name)}`),
  ];
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function isPage(name: string): boolean {
  return name.endsWith('.html');
}
