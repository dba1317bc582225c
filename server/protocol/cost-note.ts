/** What the told cost of measuring is and what it leaves out, for everybody who shows it. */
export const COST_NOTE =
  'an estimate: the middle half of what each took in this process, times their number; emptied caches and asynchronous contexts are not in it';
