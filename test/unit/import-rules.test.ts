import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importViolations } from '../check/import-rules.ts';
import { importsOf } from '../check/imports-of.ts';

const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges));

test('a lower room that imports a higher one is named with what it may import', () => {
  const found = importViolations(
    graph({ 'server/protocol/run.ts': ['server/lib/clock.ts'], 'server/lib/clock.ts': [] }),
  );
  assert.deepEqual(found, [
    'server/protocol/run.ts imports server/lib/clock.ts: server/protocol/ may import no other room',
  ]);
});

test('the webview may import the protocol and nothing else of the server', () => {
  const allowed = { 'webview/flame/view.ts': ['server/protocol/run.ts'], 'server/protocol/run.ts': [] };
  assert.deepEqual(importViolations(graph(allowed)), []);
  const forbidden = { 'webview/flame/view.ts': ['server/http/app.ts'], 'server/http/app.ts': [] };
  assert.equal(importViolations(graph(forbidden)).length, 1);
});

test('a room that may import only the interfaces of another may not import its other files', () => {
  const edges = {
    'server/library/events.ts': ['server/eventstore/event-store.ts', 'server/eventstore/postgres/query.ts'],
  };
  assert.equal(importViolations(graph(edges)).length, 1);
});

test('decide and project may import the domain and what a decision is, and nothing else of their room', () => {
  const decide = 'server/library/lend-book/decide.ts';
  const domain = { [decide]: ['server/library/events.ts', 'server/handling/decision.ts'] };
  assert.deepEqual(importViolations(graph(domain)), []);
  assert.deepEqual(importViolations(graph({ [decide]: ['server/lib/clock.ts'] })), [
    `${decide} imports server/lib/clock.ts: decide and project may import domain types only`,
  ]);
});

test('nothing imports tests', () => {
  const edges = { 'server/lib/clock.ts': ['test/unit/clock.test.ts'], 'test/unit/clock.test.ts': [] };
  assert.equal(importViolations(graph(edges)).length, 1);
});

test('a file outside of all rooms is refused', () => {
  assert.deepEqual(importViolations(graph({ 'server/utils/misc.ts': [] })), [
    'server/utils/misc.ts lies in no room: give it one in test/check/rooms.ts',
  ]);
});

test('an import cycle is shown along its files', () => {
  const edges = { 'server/lib/a.ts': ['server/lib/b.ts'], 'server/lib/b.ts': ['server/lib/a.ts'] };
  assert.deepEqual(importViolations(graph(edges)), [
    'import cycle: server/lib/a.ts → server/lib/b.ts → server/lib/a.ts',
  ]);
});

test('type imports, re-exports and dynamic imports count as imports', () => {
  const source = `
    import type { A } from './a.ts';
    export type { B } from '../b.ts';
    export { c } from './c.ts';
    await import('./d.ts');
    import fs from 'node:fs';`;
  assert.deepEqual(importsOf('server/http/x.ts', source), [
    'server/http/a.ts',
    'server/b.ts',
    'server/http/c.ts',
    'server/http/d.ts',
  ]);
});
