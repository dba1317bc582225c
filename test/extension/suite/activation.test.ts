import assert from 'node:assert/strict';
import { commands } from 'vscode';
import { COMMANDS } from '../../../extension/commands/command-ids.ts';
import { profilerExtension } from './profiler.ts';

describe('activation', () => {
  it('waits for a command or a panel of ours', () => {
    const events: unknown = profilerExtension().packageJSON.activationEvents;
    assert.deepEqual(events, ['onWebviewPanel:eventstoreProfiler.profile']);
  });

  it('starts no server', async () => {
    const profiler = await profilerExtension().activate();
    assert.deepEqual(profiler.serverState(), { kind: 'stopped' });
  });

  it('registers every command that the manifest names, and each has a title and the one category', async () => {
    const manifest = profilerExtension().packageJSON.contributes.commands as ContributedCommand[];
    const registered = await commands.getCommands(true);
    const contributed = manifest.map(({ command }) => command);
    assert.deepEqual(new Set([...contributed, COMMANDS.showActions]), new Set(Object.values(COMMANDS)));
    for (const { command, title, category } of manifest) {
      assert.ok(registered.includes(command), command);
      assert.equal(category, 'Event Store Profiler');
      assert.doesNotMatch(title, /%/, 'the title was not found in package.nls.json');
    }
  });
});

interface ContributedCommand {
  readonly command: string;
  readonly title: string;
  readonly category: string;
}
