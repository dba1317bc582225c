/** What a command's rules say. A rejection is an outcome and leaves its own events behind. */
export type Decision<Event, Reason extends string = string> =
  | { readonly outcome: 'accepted'; readonly events: readonly [Event, ...Event[]] }
  | { readonly outcome: 'idempotent' }
  | { readonly outcome: 'rejected'; readonly reason: Reason; readonly events: readonly [Event, ...Event[]] };
