import type { Random } from '../../lib/random.ts';
import type { BusinessError } from '../dirty-world/business-error.ts';
import type { LibraryWorld } from '../library-world.ts';
import { Bestsellers } from './bestsellers.ts';
import { type CommandCategory, drawCategory } from './command-category.ts';
import { hourOfDay } from './daily-rhythm.ts';
import { begin, type Draft } from './draft-action.ts';
import { acquire, register } from './lawful-actions.ts';
import type { ChosenAction } from './library-action.ts';
import { anyMistake, mistake } from './mistakes.ts';
import { question } from './questions.ts';
import { repeat } from './repeats.ts';
import { Scene } from './scene.ts';
import type { SimulationOptions } from './simulation-options.ts';
import { Slips } from './slips.ts';
import { changeMembership, changeStock } from './staff.ts';
import { Visits } from './visits.ts';

/** Brings about commands that the rules refuse, on purpose; see `DirtyWorld`. */
export interface Troublemaker {
  businessError(isPossible: (error: BusinessError) => boolean): BusinessError | undefined;
}

export type ActorOptions = Pick<
  SimulationOptions,
  | 'seed'
  | 'activeReaders'
  | 'contentionPercent'
  | 'queryPercent'
  | 'rhythm'
  | 'lendingPercent'
  | 'circulationPercent'
  | 'readersPercent'
>;

export interface ActorDependencies {
  readonly world: LibraryWorld;
  readonly random: Random;
  readonly troublemaker?: Troublemaker;
  /** Length of a day of the library. */
  readonly dayMicros: number;
}

/** Everybody in the library. They know what stands where and choose what makes sense, as long as nobody else interferes. */
export class LibraryActors {
  readonly #options: ActorOptions;
  readonly #scene: Scene;
  readonly #visits: Visits;
  readonly #slips: Slips;
  readonly #troublemaker: Troublemaker | undefined;
  readonly #dayMicros: number;
  #bestsellers: Bestsellers | undefined;

  constructor(options: ActorOptions, { world, random, troublemaker, dayMicros }: ActorDependencies) {
    this.#options = options;
    this.#scene = new Scene(world, { random, seed: options.seed });
    this.#slips = new Slips(random);
    this.#visits = new Visits(this.#scene, options.activeReaders);
    this.#troublemaker = troublemaker;
    this.#dayMicros = dayMicros;
  }

  /** What the library has at this moment. */
  get population(): { readonly books: number; readonly readers: number } {
    const { world } = this.#scene;
    return {
      books: world.booksInCirculation + (this.#bestsellers?.books ?? 0),
      readers: world.readers.size + this.#visits.awayFromHome + (this.#bestsellers?.fans ?? 0),
    };
  }

  /** How many books and readers there are too few. */
  missing(books: number, readers: number): number {
    const { world } = this.#scene;
    return Math.max(0, books - world.booksInCirculation) + Math.max(0, readers - world.readers.size);
  }

  /** What makes the library larger, towards so many books and readers; undefined when it is as large. */
  grow(books: number, readers: number): ChosenAction | undefined {
    const { world } = this.#scene;
    if (world.booksInCirculation < books) return begin(acquire(this.#scene));
    return world.readers.size < readers ? begin(register(this.#scene)) : undefined;
  }

  /** What somebody does next. @param elapsedMicros since the start: what time it is in the library */
  next(elapsedMicros: number): ChosenAction {
    const { random } = this.#scene;
    this.#scene.hour = hourOfDay(this.#options.rhythm, elapsedMicros, this.#dayMicros);
    if (random.chance(this.#options.queryPercent / 100)) return question(this.#scene, this.#visits);
    const category = drawCategory(this.#options, random);
    return this.#trouble() ?? this.#command(category);
  }

  #command(category: CommandCategory): ChosenAction {
    const draft = this.#slip(category);
    if (draft !== undefined) return begin(draft);
    if (category === 'lending')
      return this.#bestseller() ?? this.#visits.next() ?? begin(changeStock(this.#scene));
    if (category === 'circulation') return begin(changeStock(this.#scene));
    return begin(changeMembership(this.#scene, this.#visits));
  }

  #bestseller(): ChosenAction | undefined {
    if (!this.#scene.random.chance(this.#options.contentionPercent / 100)) return undefined;
    this.#bestsellers ??= new Bestsellers(this.#scene);
    return this.#bestsellers.next();
  }

  /** What people do by mistake, now and then. */
  #slip(category: CommandCategory): Draft | undefined {
    const slip = this.#slips.next();
    if (slip === undefined) return undefined;
    return slip === 'repeat' ? repeat(this.#scene, category) : anyMistake(this.#scene, category);
  }

  #trouble(): ChosenAction | undefined {
    const drafts = new Map<BusinessError, Draft>();
    const error = this.#troublemaker?.businessError((possible) => {
      const draft = mistake(this.#scene, possible);
      if (draft !== undefined) drafts.set(possible, draft);
      return draft !== undefined;
    });
    const draft = error && drafts.get(error);
    return draft && begin(draft);
  }
}
