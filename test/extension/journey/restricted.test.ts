import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../host/temporary-folder.ts';
import { openWorkbench } from './workbench.ts';

describe('a person opens a folder that they do not trust', { timeout: 420_000 }, () => {
  it('is told that no code is run there, and is offered to trust it', async () => {
    await using folder = await temporaryFolder('untrusted');
    await using opened = await openWorkbench(folder.path, { restricted: true });
    const { workbench } = opened;
    await workbench.run('Event Store Profiler: Profile Handler…');
    const toast = workbench.toast('does not run code in a folder that you do not trust');
    await toast.waitFor();
    await toast.getByRole('button', { name: 'Manage Workspace Trust' }).click();
    await workbench.page.getByText('You are in Restricted Mode').waitFor();
    await assert.rejects(access(join(folder.path, '.eventstore-profiler')), { code: 'ENOENT' });
  });
});
