import { MAX_BOOKS_PER_READER } from '../../library/rejections.ts';
import type { WorldBook, WorldReader } from '../library-world.ts';
import { begin } from './draft-action.ts';
import { giveBack, lend } from './lawful-actions.ts';
import type { ChosenAction } from './library-action.ts';
import { type Persona, personaOf } from './personas.ts';
import type { Scene } from './scene.ts';

/** Somebody in the library, with what they came for. They do one thing after the other. */
interface Visitor {
  readonly reader: WorldReader;
  readonly persona: Persona;
  readonly toReturn: WorldBook[];
  toBorrow: number;
  /** Brings everything back and will not come again. */
  readonly leavesForGood: boolean;
}

// As many as leave in a busy hour; more would only wait for each other.
const LEAVING_AT_ONCE = 20;

// Frequent visitors are drawn more often; after so many draws whoever was drawn last comes.
const DRAWS = 8;

/** The readers who are in the library: they come, bring books back, borrow others, and go. */
export class Visits {
  readonly #scene: Scene;
  readonly #activeReaders: number;
  /** Those who wait to do the next thing, in the order in which they began to wait. */
  readonly #waiting = new Set<Visitor>();
  /** Without loans and ready to cancel their contracts. */
  readonly #farewells: WorldReader[] = [];
  #acting = 0;
  #leaving = 0;

  constructor(scene: Scene, activeReaders: number) {
    this.#scene = scene;
    this.#activeReaders = activeReaders;
  }

  /** How many are in the library now. */
  get present(): number {
    return this.#waiting.size + this.#acting;
  }

  /** How many of the registered readers are here or on their way out, and so not among the world's readers. */
  get awayFromHome(): number {
    return this.present + this.#farewells.length;
  }

  /** The next thing that somebody does; undefined when nobody can do anything, as in a library without readers. */
  next(): ChosenAction | undefined {
    const wanted = this.#activeReaders * this.#scene.hour.arrivals;
    if (this.present < wanted) {
      const action = this.#actionOf(this.#admit());
      if (action !== undefined) return action;
    }
    // Each of those who leave without a wish makes room for another.
    for (const visitor of this.#waiting) {
      this.#waiting.delete(visitor);
      const action = this.#actionOf(visitor);
      if (action !== undefined) return action;
    }
    return this.#actionOf(this.#admit());
  }

  /** Somebody who is in the library, to ask something; undefined when it is empty. */
  someone(): { readonly reader: WorldReader; readonly persona: Persona } | undefined {
    const [longest] = this.#waiting;
    return longest;
  }

  /** A reader comes to bring everything back before the contract ends, unless many are about to. */
  beginFarewell(): void {
    if (this.#leaving + this.#farewells.length >= LEAVING_AT_ONCE) return;
    const visitor = this.#admit(true);
    if (visitor === undefined) return;
    this.#leaving += 1;
    if (visitor.toReturn.length === 0) this.#leave(visitor);
    else this.#waiting.add(visitor);
  }

  /** Who has brought everything back and may go; they are among the world's readers again. */
  takeFarewell(): WorldReader | undefined {
    const reader = this.#farewells.shift();
    if (reader !== undefined) this.#scene.world.readers.add(reader);
    return reader;
  }

  #admit(leavesForGood = false): Visitor | undefined {
    const reader = this.#drawReader();
    if (reader === undefined) return undefined;
    const { world, random, hour } = this.#scene;
    world.readers.remove(reader);
    const persona = personaOf(reader.id);
    const chance = leavesForGood ? 1 : persona.returnsEachLoan * hour.returns;
    const toReturn = reader.loans.filter(() => random.chance(chance));
    const [least, most] = persona.borrows;
    const toBorrow = leavesForGood ? 0 : least + random.below(most - least + 1);
    return { reader, persona, toReturn, toBorrow, leavesForGood };
  }

  #drawReader(): WorldReader | undefined {
    const { world, random } = this.#scene;
    let reader: WorldReader | undefined;
    for (let draw = 0; draw < DRAWS; draw += 1) {
      reader = world.readers.draw(random);
      if (reader === undefined || random.chance(personaOf(reader.id).visits)) return reader;
    }
    return reader;
  }

  /** Undefined when the visitor has nothing left to do: then they have gone. */
  #actionOf(visitor: Visitor | undefined): ChosenAction | undefined {
    if (visitor === undefined) return undefined;
    const draft = this.#draftOf(visitor);
    if (draft === undefined) {
      this.#leave(visitor);
      return undefined;
    }
    const { action, settle } = begin(draft);
    this.#acting += 1;
    return {
      action,
      settle: (outcome) => {
        settle(outcome);
        this.#acting -= 1;
        this.#waiting.add(visitor);
      },
    };
  }

  #draftOf(visitor: Visitor) {
    const { world, random } = this.#scene;
    const { reader, toReturn } = visitor;
    for (let book = toReturn.pop(); book !== undefined; book = toReturn.pop()) {
      // Held by somebody else's mistake at this moment, or not known well enough any more: it stays at home.
      if (book.borrower === reader && world.lent.has(book)) return giveBack(this.#scene, book, reader);
    }
    if (visitor.toBorrow === 0 || reader.loans.length >= MAX_BOOKS_PER_READER) return undefined;
    visitor.toBorrow -= 1;
    const book = world.shelved.draw(random);
    return book && lend(this.#scene, book, reader);
  }

  #leave({ reader, leavesForGood }: Visitor): void {
    if (leavesForGood) this.#leaving -= 1;
    if (leavesForGood && reader.loans.length === 0) this.#farewells.push(reader);
    else this.#scene.world.readers.add(reader);
  }
}
