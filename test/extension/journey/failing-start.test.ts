import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../host/temporary-folder.ts';
import { openWorkbench } from './workbench.ts';

describe("a person's server cannot start", { timeout: 420_000 }, () => {
  it('is said with the reason and the way out, and Retry starts it when the reason is gone', async () => {
    await using folder = await temporaryFolder('failing-start');
    const node = join(folder.path, 'node');
    await using opened = await openWorkbench(folder.path, {
      settings: { 'eventstoreProfiler.nodePath': node },
    });
    const { workbench } = opened;
    await workbench.run('Event Store Profiler: Start Server');
    const toast = workbench.toast(`${node} cannot be run as Node.js.`);
    await toast.waitFor();
    await workbench.status(/cannot be run as Node\.js/).waitFor();
    await toast.hover();
    for (const name of ['Show Log', 'Open Settings']) await toast.getByRole('button', { name }).waitFor();
    await symlink(execPath, node);
    await toast.getByRole('button', { name: 'Retry' }).click();
    await workbench.status(/the server is ready/).click();
    await workbench.quickPick('Stop server').click();
    await workbench.status(/the server is stopped/).waitFor();
  });
});
