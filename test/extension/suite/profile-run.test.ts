import assert from 'node:assert/strict';
import { commands, type TabInputWebview, window } from 'vscode';
import { COMMANDS } from '../../../extension/commands/command-ids.ts';
import type { DrawnPanel } from '../../../extension/panel/profile-panels.ts';
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
