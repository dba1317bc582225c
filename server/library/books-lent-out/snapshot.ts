import { type ColumnKinds, decodeColumns, encodeColumns } from '../../handling/columns.ts';
import type { Snapshotable } from '../../handling/projection.ts';
import type { BookLentOut, LoansByBookID } from './project.ts';

const kinds: ColumnKinds<BookLentOut> = { bookID: 'text', readerID: 'repeated', lentAt: 'time' };

/** The loans, column by column, in the order in which books were lent. Loans are never changed, so copies share them. */
export const loansSnapshot: Snapshotable<LoansByBookID> = {
  version: 1,
  encode: (loans) => encodeColumns(loans.values(), kinds),
  decode,
  copy: (loans) => new Map(loans),
};

function decode(json: string): LoansByBookID {
  const { rows, columns } = decodeColumns(json, kinds);
  const loans: LoansByBookID = new Map();
  for (let row = 0; row < rows; row += 1) {
    const bookID = columns.bookID(row);
    loans.set(bookID, { bookID, readerID: columns.readerID(row), lentAt: columns.lentAt(row) });
  }
  return loans;
}
