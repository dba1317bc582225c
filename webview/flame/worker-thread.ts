/** A thread of a recording, whichever it is. */
export interface Thread {
  readonly name: string;
  readonly samples: number;
  /** Of them those in which it was not idle. */
  readonly busySamples: number;
}

/** A thread beside the main one. */
export interface WorkerThread extends Thread {
  /** Name of the artifact with its profile. */
  readonly profile: string;
}
