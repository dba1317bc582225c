/** Texts that a pattern matches, or why nobody knows: it takes too long, no worker could be had, another was asked for. */
export type PatternAnswer = ReadonlySet<string> | 'too-slow' | 'unavailable' | 'superseded';

/** Tests patterns; a new question ends the one before. */
export interface PatternTester {
  test(pattern: RegExp, texts: readonly string[]): Promise<PatternAnswer>;
}
