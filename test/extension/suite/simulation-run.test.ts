import assert from 'node:assert/strict';
import { commands } from 'vscode';
import { COMMANDS } from '../../../extension/commands/command-ids.ts';
import type { Run } from '../../../server/protocol/run.ts';
import { profilerExtension } from './profiler.ts';

describe('a simulation run', () => {
  before(() => profilerExtension().activate());
  after(() => commands.executeCommand(COMMANDS.stopServer));

  it('starts the server, lets the library live for a while, and resolves when it is over', async () => {
    const order = { durationSeconds: 2, rate: 30, workers: 2, activeReaders: 10 };
    const run = await commands.executeCommand<Run>(COMMANDS.runSimulation, order);
    assert.equal(run.state, 'succeeded');
  });

  it('shows a fault, and resolves with nothing, for options that are impossible', async () => {
    assert.equal(await commands.executeCommand(COMMANDS.runSimulation, { workers: 0 }), undefined);
  });
});
