import { distance } from 'fastest-levenshtein';
import { ProfilerError } from '../lib/profiler-error.ts';

/** A handler was asked for by a name that no handler has. */
export class UnknownHandlerError extends ProfilerError {
  override readonly name = 'UnknownHandlerError';

  constructor(wanted: string, available: readonly string[]) {
    const nearest = nearestTo(wanted, available);
    const guess = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
    super('unknown_handler', `There is no handler "${wanted}".${guess}`, {
      advice:
        available.length === 0
          ? 'There are no handlers to choose from.'
          : `Choose one of: ${available.join(', ')}.`,
      field: 'handler',
    });
  }
}

/** What may have been meant: all but a few letters the same, else words that it shares with the name. */
function nearestTo(wanted: string, available: readonly string[]): string | undefined {
  const wantedWords = wordsOf(wanted);
  const candidates = available.map((name) => ({
    name,
    letters: distance(wanted.toLowerCase(), name.toLowerCase()),
    words: [...wordsOf(name)].filter((word) => wantedWords.has(word)).length,
  }));
  const [byLetters] = candidates.toSorted((a, b) => a.letters - b.letters);
  // A third: "BookInCirculaton" is a slip, "Nope" is none of "BooksLentOut".
  if (byLetters && byLetters.letters <= wanted.length / 3) return byLetters.name;
  const [byWords] = candidates.toSorted((a, b) => b.words - a.words || a.letters - b.letters);
  return byWords && byWords.words > 0 ? byWords.name : undefined;
}

// Shorter ones, such as "In" and "By", say nothing of what is meant.
const SHORTEST_WORD = 4;

/** "BooksLentOut" is of `book` and `lent`. */
function wordsOf(name: string): Set<string> {
  const words = name.split(/(?=[A-Z])|[^A-Za-z]+/).map((word) => word.toLowerCase().replace(/s$/, ''));
  return new Set(words.filter((word) => word.length >= SHORTEST_WORD));
}
