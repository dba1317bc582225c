import type { WorldBook, WorldReader } from '../library-world.ts';
import type { Pool } from '../pool.ts';
import type { ActionOutcome, ChosenAction, LibraryAction } from './library-action.ts';

/** Something of the world that nobody else may choose while an action about it is under way. */
export interface Hold {
  take(): void;
  release(): void;
  /** Lets go of what is no longer known well enough to be acted upon. */
  forget(): void;
}

/** An action that could be done now, with what is expected of it. Making one changes nothing. */
export interface Draft {
  readonly action: LibraryAction;
  readonly expects: 'accepted' | 'idempotent' | 'rejected' | 'answered';
  readonly holds: readonly Hold[];
  /** What the world is like afterwards, when it went as expected. */
  readonly apply?: () => void;
}

export function holdBook(pool: Pool<WorldBook>, book: WorldBook): Hold {
  return {
    take: () => pool.remove(book),
    release: () => pool.add(book),
    forget: () => {
      const loans = book.borrower?.loans;
      loans?.splice(loans.indexOf(book), 1);
      book.borrower = undefined;
    },
  };
}

export function holdReader(pool: Pool<WorldReader>, reader: WorldReader): Hold {
  return { take: () => pool.remove(reader), release: () => pool.add(reader), forget: () => undefined };
}

/** Begins an action: what it is about is held until it is settled. */
export function begin({ action, expects, holds, apply }: Draft): ChosenAction {
  for (const hold of holds) hold.take();
  function settle(outcome: ActionOutcome): void {
    const isUndone = outcome === 'failed' || outcome === 'cancelled';
    // The world is as it was wanted, whoever brought that about.
    const isDone = outcome === expects || (expects === 'accepted' && outcome === 'idempotent');
    // Else somebody else, in another process, changed what this world does not know of.
    for (const hold of holds) isUndone || isDone ? hold.release() : hold.forget();
    if (isDone) apply?.();
  }
  return { action, settle };
}
