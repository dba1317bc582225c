import type { ReaderID } from '../../library/events.ts';
import type { ReadingHabits } from '../library-world.ts';

/** What kind of reader somebody is. */
export interface Persona {
  readonly name: string;
  /** How often they come, compared with the most frequent visitor: 0 to 1. */
  readonly visits: number;
  /** Books that they borrow in one visit, at least and at most. */
  readonly borrows: readonly [least: number, most: number];
  /** How likely a visit brings back each loan. */
  readonly returnsEachLoan: number;
  /** Looks at their own loans before they bring books back; others look through the catalogue. */
  readonly checksLoans: number;
}

interface Share {
  /** Of all readers, in percent. */
  readonly percent: number;
  readonly persona: Persona;
}

/*
 * Each persona brings back about what it borrows once it has enough at home: loans settle at the mean of `borrows`
 * divided by `returnsEachLoan`, from two books (families 6) to the limit of ten for collectors, who are often refused.
 */
const PERSONAS: readonly Share[] = [
  {
    percent: 50,
    persona: { name: 'casual', visits: 0.25, borrows: [1, 2], returnsEachLoan: 0.75, checksLoans: 0.6 },
  },
  {
    percent: 28,
    persona: { name: 'regular', visits: 0.5, borrows: [1, 3], returnsEachLoan: 0.65, checksLoans: 0.8 },
  },
  {
    percent: 10,
    persona: { name: 'family', visits: 0.6, borrows: [2, 5], returnsEachLoan: 0.6, checksLoans: 0.8 },
  },
  {
    percent: 8,
    persona: { name: 'student', visits: 1, borrows: [1, 4], returnsEachLoan: 0.5, checksLoans: 0.5 },
  },
  {
    percent: 4,
    persona: { name: 'collector', visits: 0.8, borrows: [2, 4], returnsEachLoan: 0.35, checksLoans: 0.2 },
  },
];

const HUNDRED: readonly Persona[] = PERSONAS.flatMap(({ percent, persona }) =>
  Array.from({ length: percent }, () => persona),
);

/** The same reader is always of the same kind: their id decides, so that a store that is read again has the same people. */
export function personaOf(readerID: ReaderID): Persona {
  let hash = 0;
  for (let at = 0; at < readerID.length; at += 1) hash = (hash * 31 + readerID.charCodeAt(at)) | 0;
  const persona = HUNDRED[(hash >>> 0) % HUNDRED.length];
  if (persona === undefined) throw new RangeError('The shares of the personas do not add up to 100 percent');
  return persona;
}

/** The persona's habits as the world keeps them. */
export function habitsOf(readerID: ReaderID): ReadingHabits {
  const { borrows, returnsEachLoan } = personaOf(readerID);
  return { borrows: borrows[1], returnsEachLoan };
}
