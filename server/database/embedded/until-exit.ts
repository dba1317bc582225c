import { takeLease } from './lease.ts';
import type { OpenServer } from './open-server.ts';
import { type PostmasterContext, untilGone } from './postmaster.ts';

/**
 * Waits until the server is gone and says how. Our own child tells its end itself. One that was taken over does not;
 * there the end of the lease's session is the sign, after which the process is looked for.
 */
export async function untilExit(
  { files }: PostmasterContext,
  server: OpenServer,
  options: { log: (message: string) => void; isStopping: () => boolean },
): Promise<string> {
  const { pid, exited } = server.postmaster;
  for (let lease = server.lease; ; ) {
    const reason = await Promise.race([lease.lost, ...(exited === undefined ? [] : [exited])]);
    if (typeof reason === 'string') return reason;
    const patience = options.isStopping() ? 60_000 : 1_000;
    if (await untilGone(files.cluster, pid, patience)) return (await exited) ?? 'its process is gone';
    options.log('The session that guards the data directory was ended from outside; opening it again');
    try {
      lease = await takeLease(server.leaseConnectionString);
    } catch (error) {
      options.log(`That failed: ${String(error)}`);
    }
  }
}
