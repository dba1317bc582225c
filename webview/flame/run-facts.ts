/** What a run knows beyond its profile. */
export interface RunFacts {
  readonly eventsReadPerOperation?: number;
}
