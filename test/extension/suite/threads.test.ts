import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commands, workspace } from 'vscode';
import { COMMANDS } from '../../../extension/commands/command-ids.ts';
import { recordingFromDisk } from '../../../extension/panel/recording.ts';
import { decodeProfile } from '../../../server/protocol/profile/decode-profile.ts';
import type { Run } from '../../../server/protocol/run.ts';
import { delegatingHandler } from '../../db/support/delegating-handler.ts';
import { profilerExtension } from './profiler.ts';

const config = `export default {
  handlers: [{ name: 'Delegates', kind: 'query', module: './src/delegates.mjs', export: 'delegates' }],
};
`;

describe('the threads of a recording', () => {
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const configFile = join(folder, 'eventstore-profiler.config.mjs');

  before(async () => {
    await profilerExtension().activate();
    await mkdir(join(folder, 'src'));
    await writeFile(join(folder, 'src/delegates.mjs'), delegatingHandler({ millis: 10, afterwards: '' }));
    await writeFile(configFile, config);
  });

  after(async () => {
    await commands.executeCommand(COMMANDS.stopServer);
    await commands.executeCommand('workbench.action.closeAllEditors');
    await rm(configFile);
    await rm(join(folder, 'src'), { recursive: true });
  });

  it('are read by the names in its result, and by no other', async () => {
    const order = { handler: 'Delegates', iterations: 10 };
    const run = await commands.executeCommand<Run>(COMMANDS.profileHandler, order);
    assert.equal(run?.state, 'succeeded');
    const recording = await recordingFromDisk(run.id, folder);
    assert.ok(recording.result.kind === 'profile');
    const thread = recording.result.threads?.[0]?.profile ?? '';
    const profile = decodeProfile(await recording.readThread(thread));
    assert.ok(profile.strings.includes('workerBurns'));
    for (const other of ['result.json', `../${run.id}/${thread}`, '']) {
      await assert.rejects(recording.readThread(other), { code: 'no_thread' });
    }
  });
});
