/** What a handler passes on to the store. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** The caller's signal for the store, left out when there is none. */
export function callOptions({ signal }: CallOptions): CallOptions {
  return signal === undefined ? {} : { signal };
}
