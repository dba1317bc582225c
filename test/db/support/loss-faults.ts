/** What the store says when it cannot know whether an append was stored. */
export const unknownOutcome = {
  name: 'UnknownOutcomeError',
  code: 'unknown_outcome',
  message: 'The connection was lost before the outcome of the append was known.',
  advice: 'Query with the same filter to see whether the events were stored before trying again.',
};

/** What it says when nothing was sent, or nothing was to be stored. */
export const unavailable = {
  name: 'EventStoreUnavailableError',
  code: 'event_store_unavailable',
  message: /^The event store's database failed: .+/,
  advice: 'Check that the database runs and can be reached.',
};
