import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findCycles } from './import-cycles.ts';
import { importsOf } from './imports-of.ts';
import { PURE, ROOMS, type Room } from './rooms.ts';

/** Source files and, for each, the source files that it imports: paths from the top of the repository. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** One sentence per broken rule: an import that no room allows, a file outside of all rooms, an import cycle. */
export function importViolations(graph: ImportGraph, rooms: readonly Room[] = ROOMS): string[] {
  const violations: string[] = [];
  for (const [file, imports] of graph) {
    const room = roomOf(file, rooms);
    if (!room) violations.push(`${file} lies in no room: give it one in test/check/rooms.ts`);
    else violations.push(...imports.flatMap((target) => violationOf({ file, room, target }, rooms)));
  }
  for (const cycle of findCycles(graph)) violations.push(`import cycle: ${cycle.join(' → ')}`);
  return violations;
}

function violationOf(edge: { file: string; room: Room; target: string }, rooms: readonly Room[]): string[] {
  const { file, room, target } = edge;
  if (PURE.files.test(file) && !PURE.imports.test(target)) {
    return [`${file} imports ${target}: decide and project may import domain types only`];
  }
  const targetRoom = roomOf(target, rooms);
  const allowed =
    targetRoom === room ||
    room.files?.includes(target) ||
    room.imports.some((prefix) =>
      prefix === '*' ? target.startsWith('server/') : targetRoom?.path === prefix,
    );
  if (allowed) return [];
  const may = [...room.imports, ...(room.files ?? [])].join(', ') || 'no other room';
  return [`${file} imports ${target}: ${room.path} may import ${may}`];
}

function roomOf(file: string, rooms: readonly Room[]): Room | undefined {
  return rooms
    .filter((room) => file === room.path || (room.path.endsWith('/') && file.startsWith(room.path)))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
}

async function readGraph(top: string): Promise<ImportGraph> {
  const graph = new Map<string, readonly string[]>();
  const patterns = ['*.ts', '{extension,server,webview,test}/**/*.ts'];
  for await (const file of glob(patterns, { cwd: top, exclude: (name) => name.includes('node_modules') })) {
    const posix = file.split(path.sep).join('/');
    graph.set(posix, importsOf(posix, readFileSync(path.join(top, file), 'utf8')));
  }
  return graph;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const graph = await readGraph(path.join(import.meta.dirname, '../..'));
  const violations = importViolations(graph);
  for (const violation of violations) console.error(violation);
  console.log(`import rules: ${graph.size} files, ${violations.length} violations`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}
