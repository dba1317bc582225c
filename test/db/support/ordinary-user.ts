import type { ServerAccount } from '../../../server/database/embedded/server-account.ts';
import { accountForNewData } from '../../../server/database/embedded/server-account.ts';
import { isReachable } from './reachable-checkout.ts';

/** As whom to run a server that may not do everything: root becomes another account for this. */
export const ordinaryUser: Partial<ServerAccount> = (await accountForNewData()) ?? {};

/** Why a test cannot run a server as an ordinary user; false where it can. */
export const cannotBeOrdinary: string | false =
  process.platform === 'win32'
    ? 'Windows knows no such permissions'
    : (await isReachable())
      ? false
      : 'no ordinary user can enter this checkout; `npm run test:db` runs the tests from a copy';
