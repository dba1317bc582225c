/** Why the library refuses, by what was asked for; a failure event carries it as its reason. */
export type LendingRejection =
  | 'reader not registered'
  | 'book not in circulation'
  | 'book already lent'
  | 'reader has 10 books';

export type ReturningRejection =
  | 'book was never added'
  | 'reader was never registered'
  | 'book is not lent to this reader';

export type RemovingRejection = 'book was never added' | 'book is currently lent';

export type CancelingRejection = 'reader has outstanding loans';

/** A reader who has this many books gets no further one. */
export const MAX_BOOKS_PER_READER = 10;
