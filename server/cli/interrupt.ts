const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// npm passes the signal of one Ctrl+C on to a child that got it from the terminal as well.
const SAME_KEY_PRESS_MS = 500;

export interface Interrupt extends Disposable {
  /** Aborted by the first Ctrl+C, the request to end, or the end of the parent that holds the IPC channel. */
  readonly signal: AbortSignal;
}

/**
 * Listens for requests to end.
 * @param force what the second one does
 * @param soften asked at a Ctrl+C: true when it was enough to stop a run, so that the next one counts as the first
 */
export function listenForInterrupt(force: () => void, soften: () => boolean = () => false): Interrupt {
  const abort = new AbortController();
  let firstAt: number | undefined;
  let softenedAt = Number.NEGATIVE_INFINITY;
  const onSignal = (name: NodeJS.Signals) => {
    if (performance.now() - softenedAt < SAME_KEY_PRESS_MS) return;
    if (name === 'SIGINT' && firstAt === undefined && soften()) {
      softenedAt = performance.now();
      return;
    }
    firstAt ??= performance.now();
    if (performance.now() - firstAt > SAME_KEY_PRESS_MS) force();
    abort.abort();
  };
  const onDisconnect = () => abort.abort();
  for (const name of SIGNALS) process.on(name, onSignal);
  process.on('disconnect', onDisconnect);
  // A parent that went before anybody listened is not announced again.
  if (hadParent() && !process.connected) onDisconnect();
  return {
    signal: abort.signal,
    [Symbol.dispose]() {
      for (const name of SIGNALS) process.off(name, onSignal);
      process.off('disconnect', onDisconnect);
    },
  };
}

/** Whether this process was started with an IPC channel, be it closed by now or not. */
function hadParent(): boolean {
  return process.send !== undefined;
}
