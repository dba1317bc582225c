import type { CapturedStacks } from '../captured-stacks.ts';
import type { ProfileFacts } from '../stacks-to-profile.ts';

/** What a file holds, in the form that captures of our own have: `stacksToProfile` makes the profile of it. */
export interface FileCapture {
  readonly stacks: CapturedStacks;
  readonly facts: ProfileFacts;
}

export interface ReadOptions {
  /** Title of the profile where the file has none, and the name to call the file by. */
  readonly name: string;
  /** Which of several profiles in one file, counted from 1. Absent: the one with most samples. */
  readonly choice?: number;
  /** Told in sentences what was left out, as other threads. */
  readonly note?: (sentence: string) => void;
}
