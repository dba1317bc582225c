import { MAX_BOOKS_PER_READER } from '../../library/rejections.ts';
import type { WorldBook, WorldReader } from '../library-world.ts';
import { giveBack, lend } from './lawful-actions.ts';
import type { ActionOutcome, ChosenAction } from './library-action.ts';
import type { Scene } from './scene.ts';

/** Few enough that two actors meet at one of them as soon as two act at the same time. */
const BOOKS = 5;
const FANS = 40;

interface Bestseller {
  readonly book: WorldBook;
  /** As far as it is known: nothing is held, so several may be about it at once. */
  holder: WorldReader | undefined;
  lendings: number;
  returns: number;
}

/**
 * The few books that many want at the same time, and the readers who want them. Both are out of the world while the
 * simulation runs, so that no other actor is in their way and every conflict is theirs.
 */
export class Bestsellers {
  readonly #scene: Scene;
  readonly #books: readonly Bestseller[];
  readonly #fans: readonly WorldReader[];

  constructor(scene: Scene) {
    const { world, random } = scene;
    this.#scene = scene;
    this.#books = take(BOOKS, () => world.shelved.draw(random), world.shelved).map((book) => ({
      book,
      holder: undefined,
      lendings: 0,
      returns: 0,
    }));
    // Who takes all of the books home must not be refused for having too many.
    const hasRoom = ({ loans }: WorldReader) => loans.length <= MAX_BOOKS_PER_READER - BOOKS;
    this.#fans = take(FANS, () => world.readers.drawWhere(random, hasRoom), world.readers);
  }

  get fans(): number {
    return this.#fans.length;
  }

  get books(): number {
    return this.#books.length;
  }

  /** Somebody brings a bestseller back or wants it, whoever else is about to do the same. */
  next(): ChosenAction | undefined {
    const { random } = this.#scene;
    if (this.#books.length === 0 || this.#fans.length < 2) return undefined;
    const wanted = random.pick(this.#books);
    const { holder } = wanted;
    // One who brings it back is enough; the others who come meanwhile want to have it.
    if (holder !== undefined && wanted.returns === 0) return this.#giveBack(wanted, holder);
    return this.#lend(wanted, random.pick(this.#fans));
  }

  #lend(wanted: Bestseller, fan: WorldReader): ChosenAction {
    const { action } = lend(this.#scene, wanted.book, fan);
    wanted.lendings += 1;
    return {
      action,
      settle: (outcome) => {
        wanted.lendings -= 1;
        if (isDone(outcome)) wanted.holder = fan;
      },
    };
  }

  #giveBack(wanted: Bestseller, holder: WorldReader): ChosenAction {
    const { action } = giveBack(this.#scene, wanted.book, holder);
    wanted.returns += 1;
    return {
      action,
      settle: (outcome) => {
        wanted.returns -= 1;
        if (isDone(outcome) && wanted.holder === holder) wanted.holder = undefined;
      },
    };
  }
}

function isDone(outcome: ActionOutcome): boolean {
  return outcome === 'accepted' || outcome === 'idempotent';
}

function take<Item>(count: number, draw: () => Item | undefined, pool: { remove(item: Item): void }): Item[] {
  const taken: Item[] = [];
  while (taken.length < count) {
    const item = draw();
    if (item === undefined) break;
    pool.remove(item);
    taken.push(item);
  }
  return taken;
}
