import type {
  CancelingRejection,
  LendingRejection,
  RemovingRejection,
  ReturningRejection,
} from '../../library/rejections.ts';

/** A command that the library's rules refuse, and why they do. */
export type BusinessError =
  | { readonly command: 'LendBookCopyToReader'; readonly reason: LendingRejection }
  | { readonly command: 'ReturnBookCopyFromReader'; readonly reason: ReturningRejection }
  | { readonly command: 'RemoveBookCopyFromCirculation'; readonly reason: RemovingRejection }
  | { readonly command: 'CancelReaderContract'; readonly reason: CancelingRejection };

export const businessErrors: readonly BusinessError[] = [
  { command: 'LendBookCopyToReader', reason: 'reader not registered' },
  { command: 'LendBookCopyToReader', reason: 'book not in circulation' },
  { command: 'LendBookCopyToReader', reason: 'book already lent' },
  { command: 'LendBookCopyToReader', reason: 'reader has 10 books' },
  { command: 'ReturnBookCopyFromReader', reason: 'book was never added' },
  { command: 'ReturnBookCopyFromReader', reason: 'reader was never registered' },
  { command: 'ReturnBookCopyFromReader', reason: 'book is not lent to this reader' },
  { command: 'RemoveBookCopyFromCirculation', reason: 'book was never added' },
  { command: 'RemoveBookCopyFromCirculation', reason: 'book is currently lent' },
  { command: 'CancelReaderContract', reason: 'reader has outstanding loans' },
];
