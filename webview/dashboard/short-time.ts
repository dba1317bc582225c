const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** The time of the day, to the second: runs follow each other quickly. With the date where it is not of today. */
export function shortTime(then: Date, now: Date): string {
  return (then.toDateString() === now.toDateString() ? TIME : DATE).format(then);
}
