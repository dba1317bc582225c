import { stackOf } from '../lib/describe-error.ts';

// Runs end within a second, PostgreSQL within ten; what takes longer hangs.
const STOP_WITHIN_MS = 20_000;

/**
 * A fault that nobody caught ends the process, but in order: without this PostgreSQL would stay behind.
 * Output that nobody reads any more (a closed terminal, `| head`) is no fault.
 * @param kill ends everything at once when the order takes too long
 */
export function stopOnUncaughtFault(stop: () => Promise<void>, kill: () => void): Disposable {
  const onUncaught = (error: unknown) => {
    console.error(stackOf(error));
    setTimeout(kill, STOP_WITHIN_MS).unref();
    void stop().finally(() => process.exit(1));
  };
  const onOutputError = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') onUncaught(error);
  };
  process.on('uncaughtException', onUncaught);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onOutputError);
  return {
    [Symbol.dispose]() {
      process.off('uncaughtException', onUncaught);
      for (const stream of [process.stdout, process.stderr]) stream.off('error', onOutputError);
    },
  };
}
