import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { CATEGORIES, type Profile } from '../../server/protocol/profile/profile.ts';
import { withoutProfiler } from '../../server/protocol/profile/without-profiler.ts';
import type { ProfileResult } from '../../server/protocol/run.ts';
import { CONFIG, handlers, ownHandlersServer } from './support/own-handlers-server.ts';
import { query } from './support/query.ts';

const own = await ownHandlersServer();
after(() => own[Symbol.asyncDispose]());
const { client, databaseUrl, folder, over, profiled } = own;

function shareOf({ phases }: ProfileResult, phase: string): number {
  return phases.find((total) => total.phase === phase)?.share ?? 0;
}

function lineOf(text: string): number {
  return handlers.split('\n').findIndex((line) => line.includes(text)) + 1;
}

test('The server lists own handlers above the examples, and tells its database', async () => {
  const listed = await client.handlers();
  assert.deepEqual(
    listed.slice(0, 3).map(({ name, kind, origin }) => [name, kind, origin]),
    [
      ['Busy', 'query', 'own'],
      ['OrdersOfCustomer', 'query', 'own'],
      ['PlaceOrder', 'command', 'own'],
    ],
  );
  assert.deepEqual(
    listed.flatMap(({ fault }) => fault ?? []),
    [],
  );
  assert.equal(listed.at(15)?.name, 'BooksInCirculation');
  const { database: used, events, config: shown } = await client.status();
  assert.equal(used?.kind, 'url');
  assert.equal(events, undefined);
  assert.equal(shown?.file, CONFIG);
});

test('A busy function of an own handler in TypeScript stands in the profile with its file and line', async () => {
  const { result, profile } = await profiled('Busy', 20);
  const { frames, strings } = profileTables(profile);
  const spin = frames.find(({ name }) => name === 'spinForAWhile');
  assert.ok(spin, strings.join());
  const file = path.join(folder, 'src/handlers.ts');
  assert.equal(spin.file, pathToFileURL(file).href);
  assert.equal(spin.line, lineOf('spinForAWhile(millis: number)'));
  // Half of it by the clock of the function; a busy machine takes time from either half.
  assert.ok(Math.abs(shareOf(result, 'decide') - 0.5) < 0.25, String(shareOf(result, 'decide')));
  assert.deepEqual(result.outcomes, { answered: 20 });
});

test('Waits of a pool of the handler’s own are SQL, without any change to it', async () => {
  const { result } = await profiled('OrdersOfCustomer', 5);
  assert.ok(shareOf(result, 'sql_execute') > 0.8, JSON.stringify(result.phases));
  assert.ok(result.statements?.statements.some(({ text }) => text.includes('FROM orders')));
});

test('A command prepares once, gets what it prepared, uses the pool that it is handed in, and cleans up', async () => {
  const { result } = await profiled('PlaceOrder', 5);
  assert.deepEqual(result.outcomes, { accepted: 5 });
  assert.ok(shareOf(result, 'sql_execute') > 0.3, JSON.stringify(result.phases));
  assert.deepEqual(await query(databaseUrl, 'SELECT count(*)::int FROM orders'), [{ count: 100 }]);
});

test('A function that is not asynchronous, gives nothing back and gets an input that contains itself is executed', async () => {
  assert.deepEqual((await profiled('Sync')).result.outcomes, { answered: 5 });
});

test('An asynchronous generator is gone through to its end', async () => {
  await profiled('Drained');
  assert.deepEqual(await query(databaseUrl, 'SELECT FROM orders WHERE id = 500'), []);
});

test('The same seed gives the same inputs, the warm-up comes first, and a command may say what came of it', async () => {
  const { result } = await profiled('Inputs', 3);
  await profiled('Inputs', 3);
  assert.deepEqual(result.outcomes, { rejected: 3 });
  // Beside the config: its folder is the working directory.
  const lines = (await readFile(path.join(folder, 'inputs.txt'), 'utf8')).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)[0]),
    [3, 0, 1, 2, 3, 0, 1, 2],
  );
  assert.deepEqual(lines.slice(0, 4), lines.slice(4));
  assert.equal(new Set(lines).size, 4);
});

test('An input of the request takes the place of that of the config', async () => {
  const run = await over('Sync', { input: { self: 'another' } });
  assert.match(
    run.error?.message ?? '',
    /^Sync failed in the execution that warms up: Error: not what was given \(src\/handlers\.ts:\d+\)\.$/,
  );
});

test("The profiler's own functions stand in the profile as such, and not in what is shown of it", async () => {
  const { profile } = await profiled('Busy', 20);
  const categoriesOf = (pattern: RegExp) =>
    new Set(
      profileTables(profile)
        .frames.filter(({ file }) => pattern.test(file))
        .map(({ category }) => category),
    );
  assert.deepEqual([...categoriesOf(/\/server\/runner\//)], ['profiler']);
  assert.deepEqual([...categoriesOf(/\/src\/handlers\.ts$/)], ['application']);
  const shown = withoutProfiler(profile);
  const above = (name: string) => {
    const { nodes, frames, strings } = shown;
    const nameOf = (node: number) => strings[frames.name[nodes.frame[node] ?? 0] ?? 0];
    const found = Array.from(nodes.frame.keys()).filter((node) => nameOf(node) === name);
    return new Set(
      found.map((node) => CATEGORIES[frames.category[nodes.frame[nodes.parent[node] ?? 0] ?? 0] ?? 0]),
    );
  };
  assert.ok(above('busy').size > 0 && !above('busy').has('profiler'));
  const sum = ({ samples }: Profile) => samples.duration.reduce((all, micros) => all + micros, 0);
  assert.equal(sum(shown), sum(profile));
});

test('Inputs can be prepared for every execution, those that are not recorded included', async () => {
  for (const collector of ['v8-cpu', 'v8-heap'] as const) {
    const { state, error } = await over('PreparedInputs', { collector });
    assert.equal(state, 'succeeded', error?.message);
  }
});

interface ShownFrame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly category: string;
}

function profileTables(profile: Profile): {
  readonly frames: readonly ShownFrame[];
  readonly strings: readonly string[];
} {
  const { strings, frames } = profile;
  const text = (index: number | undefined) => strings[index ?? -1] ?? '';
  return {
    strings,
    frames: Array.from({ length: frames.length }, (_, index) => ({
      name: text(frames.name[index]),
      file: text(frames.file[index]),
      line: frames.line[index] ?? 0,
      category: CATEGORIES[frames.category[index] ?? 0] ?? '',
    })),
  };
}
