import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commands, window, workspace } from 'vscode';
import { COMMANDS } from '../../../extension/commands/command-ids.ts';
import { handlerItems } from '../../../extension/commands/pick-handler.ts';
import type { CreatedConfig } from '../../../server/protocol/created-config.ts';
import type { Run } from '../../../server/protocol/run.ts';
import { profilerExtension } from './profiler.ts';

const source = `
enum Greeting { Hello = 'Hello' }

export async function listGreetings(): Promise<number> {
  let letters = 0;
  for (let i = 0; i < 100_000; i += 1) letters += (Greeting.Hello + i).length;
  return letters;
}
`;

describe('handlers of one’s own', () => {
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const config = join(folder, 'eventstore-profiler.config.ts');

  before(async () => {
    await profilerExtension().activate();
    await mkdir(join(folder, 'src'));
    await writeFile(join(folder, 'src/greetings.ts'), source);
  });

  after(async () => {
    await commands.executeCommand(COMMANDS.stopServer);
    await commands.executeCommand('workbench.action.closeAllEditors');
    await rm(config, { force: true });
    await rm(join(folder, 'src'), { recursive: true });
  });

  it('get a first configuration, which is opened and never written twice', async () => {
    const created = await commands.executeCommand<CreatedConfig>(COMMANDS.createConfig);
    assert.deepEqual([created.isNew, created.active], [true, ['ListGreetings']]);
    assert.equal(window.activeTextEditor?.document.uri.fsPath, config);
    const text = await readFile(config, 'utf8');
    assert.match(text, /name: 'ListGreetings'/);
    const again = await commands.executeCommand<CreatedConfig>(COMMANDS.createConfig);
    assert.equal(again.isNew, false);
    assert.equal(await readFile(config, 'utf8'), text);
  });

  it('are profiled', async () => {
    const order = { handler: 'ListGreetings', iterations: 5 };
    const run = await commands.executeCommand<Run>(COMMANDS.profileHandler, order);
    assert.equal(run?.state, 'succeeded');
  });

  it('stand above the examples, and say why they cannot be run', () => {
    const fault = { code: 'x', message: 'There is no such export.' };
    const items = handlerItems([
      { name: 'Mine', kind: 'query', summary: 'Answers.', origin: 'own', fault },
      { name: 'BooksLentOut', kind: 'query', summary: 'Lists.', origin: 'example' },
    ]);
    assert.deepEqual(
      items.map(({ label, detail }) => detail ?? label),
      ['Your handlers', '$(error) There is no such export.', 'Examples', 'Lists.'],
    );
    const example = { name: 'BooksLentOut', kind: 'query', summary: 'Lists.' } as const;
    assert.equal(handlerItems([example]).length, 1);
  });
});
