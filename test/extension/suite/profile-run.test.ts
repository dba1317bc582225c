import assert from 'node:assert/strict';
import { commands, type TabInputWebview, window } from 'vscode';
import { COMMANDS } from '../../../extension/commands/command-ids.ts';
import { collectorItems } from '../../../extension/commands/pick-collector.ts';
import type { DrawnPanel } from '../../../extension/panel/profile-panels.ts';
import { verdictMessage } from '../../../extension/panel/tool-verdict.ts';
import type { ProfilerApi } from '../../../extension/profiler-api.ts';
import type { Run } from '../../../server/protocol/run.ts';
import { nextOf, profilerExtension } from './profiler.ts';

describe('a profile run', () => {
  let profiler: ProfilerApi;

  before(async () => {
    profiler = await profilerExtension().activate();
  });

  after(() => commands.executeCommand(COMMANDS.stopServer));

  it('starts the server, executes the handler and draws its flame graph in a panel', async () => {
    const drawn = nextDrawing();
    const run = await commands.executeCommand<Run>(COMMANDS.profileHandler, {
      handler: 'BooksInCirculation',
      iterations: 5,
    });
    assert.equal(run.state, 'succeeded');
    const picture = await drawn;
    assert.equal(picture.run, run.id);
    assert.ok(picture.boxes > 20, `${picture.boxes} boxes`);
    assert.deepEqual(profileTabs(), ['BooksInCirculation: flame graph']);
  });

  it('of allocations opens in the same panel', async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    const drawn = nextDrawing();
    const order = { handler: 'BooksInCirculation', iterations: 5, collector: 'v8-heap' };
    const run = await commands.executeCommand<Run>(COMMANDS.profileHandler, order);
    assert.equal(run.state, 'succeeded');
    assert.equal((await drawn).run, run.id);
    assert.deepEqual(profileTabs(), ['BooksInCirculation: flame graph']);
  });

  it('of a tool that draws no stacks opens no panel: what it says is told', async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    const order = { handler: 'BooksInCirculation', iterations: 5, collector: 'clinic-doctor' };
    const run = await commands.executeCommand<Run>(COMMANDS.profileHandler, order);
    assert.equal(run.state, 'succeeded');
    assert.deepEqual(profileTabs(), []);
    const said = verdictMessage({ name: 'Clinic Doctor', version: '1', verdict: ['All is well.', 'Rest.'] });
    assert.equal(said, 'Clinic Doctor: All is well. Rest.');
    assert.ok(verdictMessage({ name: 'X', version: '1', verdict: ['x'.repeat(5000)] }).length < 320);
    assert.match(verdictMessage({ name: '0x', version: '1', verdict: [] }), /^0x has drawn a page/);
  });

  it('lets choose what records it: V8 CPU first, and what was used last is marked', () => {
    const items = collectorItems('clinic-doctor');
    assert.deepEqual(
      items.map(({ label }) => label),
      [
        ...['V8 CPU', 'V8 Heap', 'Other tools, where they are installed', '0x', 'Clinic Doctor'],
        ...['Clinic Flame', 'Clinic Bubbleprof', 'Clinic Heap Profiler'],
      ],
    );
    assert.deepEqual(
      items.filter(({ description }) => description === 'used last').map(({ label }) => label),
      ['Clinic Doctor'],
    );
    assert.ok(items.every(({ collector, detail = '' }) => collector === undefined || detail.length > 20));
  });

  it('can be shown again when its panel was closed, also while no server runs', async () => {
    const first = nextDrawing();
    const order = { handler: 'BooksInCirculation', iterations: 2 };
    const run = await commands.executeCommand<Run>(COMMANDS.profileHandler, order);
    await first;
    await commands.executeCommand('workbench.action.closeAllEditors');
    await commands.executeCommand(COMMANDS.stopServer);
    assert.deepEqual(profileTabs(), []);
    const again = nextDrawing();
    await commands.executeCommand(COMMANDS.reopenLastProfile);
    assert.equal((await again).run, run.id);
    assert.equal(profiler.serverState().kind, 'stopped');
  });

  it('opens no panel for a handler that does not exist', async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    const order = { handler: 'BooksInCirculatoin', iterations: 1 };
    assert.equal(await commands.executeCommand(COMMANDS.profileHandler, order), undefined);
    assert.deepEqual(profileTabs(), []);
    assert.equal(profiler.serverState().kind, 'ready');
  });

  const nextDrawing = () => nextOf(profiler.onDidDrawProfile, (_: DrawnPanel): _ is DrawnPanel => true);
});

function profileTabs(): string[] {
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  const isProfile = (input: unknown) =>
    typeof input === 'object' &&
    /eventstoreProfiler\.profile$/.test((input as TabInputWebview).viewType ?? '');
  return tabs.filter(({ input }) => isProfile(input)).map(({ label }) => label);
}
