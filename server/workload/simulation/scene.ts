import type { Random } from '../../lib/random.ts';
import type { ReaderID } from '../../library/events.ts';
import type { LibraryWorld, WorldBook, WorldReader } from '../library-world.ts';
import type { HourOfDay } from './daily-rhythm.ts';
import { Recent } from './recent.ts';

// Enough that hardly ever two workers repeat the same thing at once.
const REMEMBERED = 500;

/** What everybody who acts in a simulated library sees and changes. */
export class Scene {
  readonly world: LibraryWorld;
  readonly random: Random;
  readonly seed: number;
  /** Who brought which book back, and has not borrowed it since. */
  readonly returned = new Recent<{ readonly book: WorldBook; readonly reader: WorldReader }>(REMEMBERED);
  readonly left = new Recent<ReaderID>(REMEMBERED);
  hour: HourOfDay = { arrivals: 1, returns: 1 };

  constructor(world: LibraryWorld, { random, seed }: { readonly random: Random; readonly seed: number }) {
    this.world = world;
    this.random = random;
    this.seed = seed;
  }
}
